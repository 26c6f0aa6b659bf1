internal import CKernels

/// The compiled arithmetic of one instruction set.  All of them give the same bits (see `kernels.h`); the widest that this
/// processor has is taken unless a test asks for another.  So do all numbers of threads.
public struct Kernels: @unchecked Sendable {  // a pointer to a constant table of functions: nothing in it changes
  internal let pointer: UnsafePointer<kernels_table>
  /// How many threads a layer may be shared out to, where there is enough to do; small nets are always one thread's.
  public let threads: Int

  /// Every instruction set that this processor can run, narrowest first.
  public static let available = ["baseline", "avx2", "avx512"].compactMap { Kernels(name: $0) }
  /// The widest of them.
  public static let best = available[available.count - 1]

  /// "baseline", "avx2" or "avx512"; nil where the processor can't run it.  By default as many threads as there are processors
  /// that this process may use, at most 16.
  public init?(name: String, threads: Int? = nil) {
    guard let table = kernels_named(name) else { return nil }
    pointer = table
    self.threads = threads.map { max(1, $0) } ?? Self.processors
  }

  public var name: String { String(cString: pointer.pointee.name) }

  private static let processors = Int(pool_processors())

  /// How many threads have been started in this process so far: none before there is a net that is worth them.
  public static var threadsStarted: Int { Int(pool_threads_made()) }

  internal var table: kernels_table { pointer.pointee }

  /// Samples are handled 16 at a time.
  internal static let lanes = Int(KERNELS_LANES)
  /// And in chunks of so many, whose sums are added in their order.
  internal static let chunk = Int(KERNELS_CHUNK)
}
