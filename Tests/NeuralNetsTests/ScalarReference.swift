import Foundation
import NeuralNets
import Tensors

/// A matrix as plain code has it: (rows, columns), row-major, in double precision.
struct Matrix {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(rows: Int, columns: Int, _ value: (Int, Int) -> Double) {
    self.rows = rows
    self.columns = columns
    values = (0..<rows).flatMap { row in (0..<columns).map { value(row, $0) } }
  }

  subscript(row: Int, column: Int) -> Double { values[row * columns + column] }
}

extension Matrix {
  /// (features, samples)
  init(_ batch: Batch) { self.init(rows: batch.features, columns: batch.samples) { Double(batch[$0, $1]) } }

  /// weight (out, in)
  init(_ weight: [Float], columns: Int) {
    self.init(rows: weight.count / columns, columns: columns) { Double(weight[$0 * columns + $1]) }
  }

  var transposed: Matrix { Matrix(rows: columns, columns: rows) { self[$1, $0] } }

  static func * (a: Matrix, b: Matrix) -> Matrix {
    Matrix(rows: a.rows, columns: b.columns) { i, j in (0..<a.columns).reduce(0) { $0 + a[i, $1] * b[$1, j] } }
  }

  /// Each element's magnitude: |a| · |b| bounds how far rounding can move a · b.
  var magnitudes: Matrix { Matrix(rows: rows, columns: columns) { abs(self[$0, $1]) } }
}

/// A net in double precision by the textbook: no vectors, no fused operations, no tricks.
struct ScalarNet {
  var weights: [Matrix]
  var biases: [[Double]]
  let activation: OutputActivation

  init(_ net: NeuralNet) {
    weights = net.layers.map { Matrix($0.weight, columns: $0.inFeatures) }
    biases = net.layers.map { $0.bias.map(Double.init) }
    activation = net.outputActivation
  }

  /// The sums of every layer before its activation, each (features, samples).
  func sums(_ x: Matrix) -> [Matrix] {
    var sums: [Matrix] = []
    var input = x
    for (weight, bias) in zip(weights, biases) {
      let product = weight * input
      let sum = Matrix(rows: product.rows, columns: product.columns) { product[$0, $1] + bias[$0] }
      sums.append(sum)
      input = Matrix(rows: sum.rows, columns: sum.columns) { max(0, sum[$0, $1]) }
    }
    return sums
  }

  /// The mean loss that belongs to the output activation, from the sums before it.
  func loss(_ x: Matrix, _ targets: [Double]) -> Double {
    let output = sums(x)[weights.count - 1]
    let losses = targets.indices.map { sample in
      let z = (0..<output.rows).map { output[$0, sample] }
      switch activation {
      case .sigmoid:
        let p = 1 / (1 + exp(-z[0]))
        return -(targets[sample] * log(p) + (1 - targets[sample]) * log(1 - p))
      case .softmax: return log(z.map { exp($0) }.reduce(0, +)) - z[Int(targets[sample])]
      case .identity: return (z[0] - targets[sample]) * (z[0] - targets[sample])
      }
    }
    return losses.reduce(0, +) / Double(losses.count)
  }
}

/// Numbers that look random, the same everywhere.
struct Numbers {
  private var generator: MersenneTwister

  init(seed: Int) { generator = MersenneTwister(seed: UInt64(seed)) }

  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in generator.nextUniform(low: range.lowerBound, high: range.upperBound) }
  }

  mutating func batch(features: Int, samples: Int, in range: ClosedRange<Float> = -1...1) -> Batch {
    Batch(rows: floats(features * samples, in: range), features: features)
  }
}

extension Batch {
  /// The bits of what stands in the samples' columns.
  var bits: [UInt32] { rows.map(\.bitPattern) }
}

extension Linear {
  var bits: [UInt32] { (weight + bias).map(\.bitPattern) }
}
