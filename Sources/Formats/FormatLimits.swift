/// How much a file may ask for before it is refused.  The defaults leave room for a million tensors and refuse bombs.
public struct FormatLimits: Sendable {
  /// Bytes of a zip directory.
  public var directoryBytes = 128 << 20
  /// Bytes of a pickle; torch writes about 150 for each tensor.
  public var pickleBytes = 128 << 20
  /// Bytes of a safetensors header, the reference implementation's bound.
  public var headerBytes = 100_000_000
  /// Values that a pickle may hold in its containers; a container counts as four.
  public var pickleValues = 1 << 24
  /// Values that a pickle may remember for later use; torch remembers about 9 for each tensor.
  public var pickleMemo = 1 << 23
  /// Tensors that a pickle may hold.
  public var pickleTensors = 1 << 20
  /// Values on the pickle machine's stack.
  public var pickleStack = 1 << 20
  /// Open marks of a pickle: how deep values are nested while they are built.
  public var pickleMarks = 1000
  /// Tensors may share a storage or repeat its elements (stride 0): all of them together may have as many bytes as the
  /// file times this factor, plus `expansionSlack`.
  public var expansionFactor = 64
  public var expansionSlack = 64 << 20

  public init() {}

  /// The most bytes that the tensors of a file of `size` bytes may have.
  func tensorBytes(inFileOf size: Int) -> Int {
    let (product, overflow) = size.multipliedReportingOverflow(by: expansionFactor)
    return overflow ? .max : product.addingReportingOverflow(expansionSlack).overflow ? .max : product + expansionSlack
  }
}
