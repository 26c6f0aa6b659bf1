import Tensors
import TestSupport
import Testing

@testable import NeuralNets

/// Every instruction set against plain code in double precision, and against each other bit for bit, around the borders of
/// lanes (16 samples) and of register tiles (a few rows and columns).
@Suite("the kernels of linear layers")
struct LinearKernelTests {
  static let sampleCounts = [1, 2, 15, 16, 17, 31, 33, 100]

  /// What the three kernels of one layer give.
  struct Results {
    var forward: Batch
    var rectified: Batch
    var parameterGradient: Linear
    var inputGradient: Batch

    init(_ layer: Linear, x: Batch, delta: Batch, activation: Batch, kernels: Kernels) {
      forward = layer(x, kernels: kernels)
      rectified = forward
      layer.forward(x, into: &rectified, relu: true, kernels: kernels)
      // What stood there before must not matter.
      parameterGradient = layer
      layer.parameterGradient(&parameterGradient, delta: delta, x: x, kernels: kernels)
      inputGradient = x
      layer.inputGradient(&inputGradient, delta: delta, x: activation, kernels: kernels)
    }

    var bits: [[UInt32]] { [forward.bits, rectified.bits, parameterGradient.bits, inputGradient.bits] }
  }

  struct Problem {
    let layer: Linear
    let x, delta, activation: Batch

    init(inFeatures: Int, outFeatures: Int, samples: Int) {
      var numbers = Numbers(seed: inFeatures + 100 * outFeatures + 10_000 * samples)
      var layer = Linear(inFeatures: inFeatures, outFeatures: outFeatures)
      layer.weight = numbers.floats(layer.weight.count)
      layer.bias = numbers.floats(outFeatures)
      self.layer = layer
      x = numbers.batch(features: inFeatures, samples: samples)
      // 0 beyond the last sample, as the kernels ask for.
      delta = numbers.batch(features: outFeatures, samples: samples)
      activation = numbers.batch(features: inFeatures, samples: samples)
    }

    func results(_ kernels: Kernels) -> Results {
      // The columns beyond the last sample may hold anything, NaN included; the gradient by the parameters multiplies them by 0.
      Results(layer, x: x, delta: delta, activation: activation, kernels: kernels)
    }

    /// The largest error in units of float32's rounding of the sum of magnitudes.
    func worstError(_ results: Results) -> Double {
      let weight = Matrix(layer.weight, columns: layer.inFeatures)
      let (plainX, plainDelta) = (Matrix(x), Matrix(delta))
      var worst = 0.0
      func compare(_ got: Float, _ wanted: Double, scale: Double, terms: Int) {
        let error = abs(Double(got) - wanted) / (max(scale, 1e-3) * 0x1p-24 * Double(terms + 1))
        worst = error.isNaN ? .infinity : max(worst, error)
      }
      let (sums, sizes) = (weight * plainX, weight.magnitudes * plainX.magnitudes)
      for row in 0..<sums.rows {
        let bias = Double(layer.bias[row])
        for sample in 0..<sums.columns {
          let (sum, size) = (sums[row, sample] + bias, sizes[row, sample] + abs(bias))
          compare(results.forward[row, sample], sum, scale: size, terms: weight.columns)
          compare(results.rectified[row, sample], max(0, sum), scale: size, terms: weight.columns)
        }
      }
      let (gradient, gradientSizes) = (plainDelta * plainX.transposed, plainDelta.magnitudes * plainX.transposed.magnitudes)
      for i in gradient.values.indices {
        compare(results.parameterGradient.weight[i], gradient.values[i], scale: gradientSizes.values[i], terms: x.samples)
      }
      for row in 0..<plainDelta.rows {
        let deltas = (0..<plainDelta.columns).map { plainDelta[row, $0] }
        compare(
          results.parameterGradient.bias[row], deltas.reduce(0, +), scale: deltas.map(abs).reduce(0, +), terms: x.samples)
      }
      let (back, backSizes) = (weight.transposed * plainDelta, weight.transposed.magnitudes * plainDelta.magnitudes)
      for row in 0..<back.rows {
        for sample in 0..<back.columns {
          let wanted = activation[row, sample] > 0 ? back[row, sample] : 0
          compare(results.inputGradient[row, sample], wanted, scale: backSizes[row, sample], terms: weight.rows)
        }
      }
      return worst
    }
  }

  private func check(inFeatures: Int, outFeatures: Int, samples: Int) {
    let problem = Problem(inFeatures: inFeatures, outFeatures: outFeatures, samples: samples)
    let all = Kernels.available.map(problem.results)
    let place: Comment = "\(inFeatures) -> \(outFeatures), \(samples) samples"
    #expect(problem.worstError(all[0]) < 1, place)
    for (kernels, results) in zip(Kernels.available, all).dropFirst() {
      #expect(results.bits == all[0].bits, "\(kernels.name), \(inFeatures) -> \(outFeatures), \(samples) samples")
    }
  }

  @Test("agree with plain code and bit for bit with each other", arguments: sampleCounts)
  func everySize(samples: Int) {
    for inFeatures in 1...13 {
      for outFeatures in 1...13 where samples < 100 || (inFeatures + outFeatures) % 3 == 0 {
        check(inFeatures: inFeatures, outFeatures: outFeatures, samples: samples)
      }
    }
  }

  @Test("add more than 1,024 samples chunk by chunk", arguments: [1023, 1024, 1025, 2500])
  func chunks(samples: Int) {
    for (inFeatures, outFeatures) in [(1, 1), (5, 3), (2, 9)] {
      check(inFeatures: inFeatures, outFeatures: outFeatures, samples: samples)
    }
  }

  @Test("sum over samples in the promised order: 16 partial sums, pairwise, then the chunks", arguments: Kernels.available.map(\.name))
  func promisedOrder(name: String) throws {
    let kernels = try #require(Kernels(name: name))
    let problem = Problem(inFeatures: 1, outFeatures: 1, samples: 1500)
    var total: Float = 0
    for first in [0, 1024] {
      var lanes = [Float](repeating: 0, count: 16)
      for sample in first..<min(first + 1024, 1500) { lanes[sample % 16].addProduct(problem.delta[0, sample], problem.x[0, sample]) }
      for apart in [8, 4, 2, 1] {
        for lane in 0..<apart { lanes[lane] += lanes[lane + apart] }
      }
      total = first == 0 ? lanes[0] : total + lanes[0]
    }
    #expect(problem.results(kernels).parameterGradient.weight == [total])
  }

  @Test("what stands beyond the last sample has no effect", arguments: Kernels.available.map(\.name))
  func padding(name: String) throws {
    let kernels = try #require(Kernels(name: name))
    let problem = Problem(inFeatures: 3, outFeatures: 5, samples: 17)
    var (x, activation) = (problem.x, problem.activation)
    for feature in 0..<3 {
      for column in 17..<32 {
        x.values[feature * x.stride + column] = 1e30
        activation.values[feature * activation.stride + column] = .nan
      }
    }
    let results = Results(problem.layer, x: x, delta: problem.delta, activation: activation, kernels: kernels)
    #expect(results.bits == problem.results(kernels).bits)
  }

  @Test("a ReLU keeps NaN and gives 0 for what is negative", arguments: Kernels.available.map(\.name))
  func relu(name: String) throws {
    let kernels = try #require(Kernels(name: name))
    var layer = Linear(inFeatures: 1, outFeatures: 1)
    layer.weight = [1]
    let x = Batch(rows: [-1, 2, .nan, -.infinity, .infinity, -0x1p-149], features: 1)
    var out = Batch(features: 1, samples: 6)
    layer.forward(x, into: &out, relu: true, kernels: kernels)
    #expect(out.rows.map(\.description) == ["0.0", "2.0", "nan", "0.0", "inf", "0.0"])
    #expect(ReLU()(x).rows.map(\.description) == ["0.0", "2.0", "nan", "0.0", "inf", "0.0"])
  }
}
