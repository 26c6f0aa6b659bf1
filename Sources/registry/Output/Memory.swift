/// What the process does with memory that it has given back.
enum Memory {
  /// Keeps it for the next time instead of returning it to the system: tensors are read one after the other, and pages that are new to
  /// the process each time take longer than the reading itself.
  ///
  /// glibc returns what is larger than the largest piece that was ever freed (up to 32 MB), so such a piece, which nothing touches, is
  /// allocated and freed.  Source: mallopt(3), M_MMAP_THRESHOLD and "dynamic".
  static func keepFreed() {
    let largest = UnsafeMutableRawPointer.allocate(byteCount: (32 << 20) - (1 << 16), alignment: 16)
    largest.deallocate()
  }
}
