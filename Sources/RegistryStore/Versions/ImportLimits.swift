/// How much of an import is in memory, and in one transaction.
struct ImportLimits {
  /// Bytes of new tensors that go in one transaction.
  var batch = 256 << 20
  /// Up to so many bytes of tensors in all are read but once.
  var kept = 128 << 20
  /// Bytes that may wait to be hashed.
  var window = 32 << 20
}
