internal import Glibc

/// What the process does with memory that it has given back.
enum Memory {
  /// Sets 256 MB of addresses aside for tensors, which are read one after the other, and for SQLite's pages: memory that is new to the
  /// process takes longer than the reading itself, less where it comes in large pages, and nothing when it is used again.
  ///
  /// glibc keeps what is freed below the largest piece that was ever freed (up to 32 MB), so such a piece is allocated and freed first;
  /// then the heap grows by some of them, and one behind them, which stays, keeps it from shrinking.  Nothing touches any of it.
  /// Source: mallopt(3), M_MMAP_THRESHOLD and "dynamic"; madvise(2), MADV_HUGEPAGE.
  static func setAside() {
    let size = (32 << 20) - (1 << 16)
    free(reserve(size))
    let pieces = (0..<8).map { _ in reserve(size) }
    _ = reserve(1 << 20)
    pieces.forEach { free($0) }
  }

  /// Memory that large pages are wanted for; nil where there is none, and then it goes without.
  private static func reserve(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    guard let piece = unsafe malloc(byteCount) else { return nil }
    let pages = unsafe piece.alignedUp(toMultipleOf: 2 << 20)
    // MADV_HUGEPAGE; advice alone: a kernel that knows none of it goes on as before.
    unsafe madvise(pages, byteCount, 14)
    return unsafe piece
  }
}
