internal import CKernels

/// The compiled arithmetic of one instruction set.  All of them give the same bits (see `kernels.h`); the widest that this
/// processor has is taken unless a test asks for another.
public struct Kernels: @unchecked Sendable {  // a constant table of functions: nothing in it changes
  internal let table: kernels_table

  /// Every instruction set that this processor can run, narrowest first.
  public static let available = ["baseline", "avx2", "avx512"].compactMap(Kernels.init(name:))
  /// The widest of them.
  public static let best = available[available.count - 1]

  /// "baseline", "avx2" or "avx512"; nil where the processor can't run it.
  public init?(name: String) {
    guard let table = kernels_named(name) else { return nil }
    self.table = table.pointee
  }

  public var name: String { String(cString: table.name) }

  /// Samples are handled 16 at a time.
  internal static let lanes = Int(KERNELS_LANES)
}
