import Foundation
import Testing

@testable import Plots

struct ContourTests {
  private func field(_ size: Int, _ value: (Double, Double) -> Double) -> Field {
    let step = 1 / Double(size - 1)
    return Field(columns: size, rows: size, values: (0..<size * size).map { value(Double($0 % size) * step, Double($0 / size) * step) })
  }

  /// By the shoelace formula; holes count against.
  private func area(_ contour: Contour) -> Double {
    contour.loops.reduce(0) { sum, loop in
      sum + zip(loop, loop.dropFirst() + loop.prefix(1)).reduce(0) { $0 + ($1.0.x * $1.1.y - $1.1.x * $1.0.y) / 2 }
    }.magnitude
  }

  @Test("the outline of a disc has its area, and lies on its rim")
  func disc() {
    let contour = Contour(of: field(81) { x, y in 0.3 - ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)).squareRoot() }, at: 0)
    #expect(contour.loops.count == 1)
    #expect(abs(area(contour) - .pi * 0.09) < 0.002)
    for p in contour.loops[0] { #expect(abs(hypot(p.x - 0.5, p.y - 0.5) - 0.3) < 0.001) }
  }

  @Test("a ring has two outlines, and the area between them")
  func ring() {
    let contour = Contour(of: field(101) { x, y in 0.1 - abs(hypot(x - 0.5, y - 0.5) - 0.3) }, at: 0)
    #expect(contour.loops.count == 2)
    #expect(abs(area(contour) - .pi * (0.16 - 0.04)) < 0.005)
  }

  @Test("a half plane's outline goes along the edge of the plot, its line doesn't")
  func halfPlane() {
    let contour = Contour(of: field(21) { x, _ in x - 0.42 }, at: 0)
    #expect(abs(area(contour) - 0.58) < 1e-9)
    let line = contour.lines.flatMap(\.self)
    #expect(!line.isEmpty && line.allSatisfy { abs($0.x - 0.42) < 1e-9 })
  }

  @Test("all above is the whole plot, all below or NaN is nothing", arguments: [(1.0, 1.0), (-1, 0), (.nan, 0)])
  func constant(value: Double, expected: Double) {
    let contour = Contour(of: field(5) { _, _ in value }, at: 0)
    #expect(area(contour) == expected)
    #expect(contour.lines.isEmpty)
  }

  @Test("a chessboard of saddles closes every outline")
  func saddles() {
    let contour = Contour(of: field(9) { x, y in (Int((x * 8).rounded()) + Int((y * 8).rounded())) % 2 == 0 ? 1 : -1 }, at: 0)
    #expect(contour.loops.allSatisfy { $0.count >= 3 })
    // The middle of each cell is 0, which counts as above: of every cell two corners of an eighth are cut off.
    #expect(abs(area(contour) - 0.75) < 1e-9)
  }
}
