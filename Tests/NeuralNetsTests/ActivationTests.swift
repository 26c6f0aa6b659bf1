import Foundation
import NeuralNets
import TestSupport
import Testing

@Suite("output activations, on every instruction set", .serialized)
struct ActivationTests {
  /// Densely around 0, sparsely to where float32 ends, denormals and both zeros among them.
  static let sweep: [Float] = {
    var sweep: [Float] = [
      0, -0.0, 0x1p-149, -0x1p-149, 0x1p-126, -0x1p-127, 1e-30, -1e-30, 88.7, 88.8, -87.4, -88.8, -103.9, -104.1, 1e30, -1e30,
    ]
    for i in -4000...4000 { sweep.append(Float(i) / 37) }
    for i in -1500...1500 { sweep.append(Float(i) / 6) }
    return sweep
  }()

  private func logits(_ values: [Float]) -> Batch { Batch(rows: values, features: 1) }

  /// 1 / (1 + e^-x): an ulp of exp and half an ulp each of the sum and the quotient, where an ulp may be twice as fine as theirs.
  @Test("sigmoid is within 4 ulp of the true value over the whole range", arguments: Kernels.available.map(\.name))
  func sigmoid(name: String) throws {
    let kernels = try #require(Kernels(name: name))
    let results = Sigmoid()(logits(Self.sweep), kernels: kernels).rows
    var worst = (error: 0.0, x: Float.nan)
    for (x, got) in zip(Self.sweep, results) {
      let wanted = 1 / (1 + exp(-Double(x)))
      // Where e^-x overflows in float32, PyTorch's sigmoid is 0 too.
      let ulp = Double(max(Float(wanted).ulp, 0x1p-126))
      let error = abs(Double(got) - wanted) / ulp
      if !(error <= worst.error) { worst = (error, x) }
    }
    #expect(worst.error <= 4, "at \(worst.x)")
  }

  @Test("sigmoid's ends are 0 and 1, NaN stays NaN, both zeros give a half", arguments: Kernels.available.map(\.name))
  func sigmoidEnds(name: String) throws {
    let kernels = try #require(Kernels(name: name))
    let x: [Float] = [-.infinity, -1e30, -200, 200, 1e30, .infinity, 0, -0.0, 0x1p-149, .nan, -.nan]
    let results = Sigmoid()(logits(x), kernels: kernels).rows
    #expect(Array(results.prefix(9)) == [0, 0, 0, 1, 1, 1, 0.5, 0.5, 0.5])
    #expect(results.suffix(2).allSatisfy { $0.isNaN })
  }

  @Test(
    "exp is within 1 ulp: softmax of 0 and x is e^x where that is too small to change the sum", arguments: Kernels.available.map(\.name))
  func exponential(name: String) throws {
    let kernels = try #require(Kernels(name: name))
    let x = (0..<20_000).map { -17.5 - Float($0) * 86.4 / 20_000 }
    let p = Softmax()(Batch(rows: x.flatMap { [0, $0] }, features: 2), kernels: kernels)
    var worst = (error: 0.0, x: Float.nan)
    for (sample, x) in x.enumerated() {
      let wanted = exp(Double(x))
      let ulp = max(Double(Float(wanted).ulp), 0x1p-149)
      // Where the result is denormal it is rounded a second time.
      let error = abs(Double(p[1, sample]) - wanted) / ulp - (wanted < 0x1p-126 ? 0.5 : 0)
      if !(error <= worst.error) { worst = (error, x) }
    }
    #expect(worst.error <= 1, "at \(worst.x)")
  }

  @Test("softmax sums to 1 and is right to its roundings, for large logits too", arguments: Kernels.available.map(\.name))
  func softmax(name: String) throws {
    let kernels = try #require(Kernels(name: name))
    var numbers = Numbers(seed: 1)
    for (classes, samples) in [(2, 1), (3, 16), (4, 33), (13, 100)] {
      let z = numbers.batch(features: classes, samples: samples, in: samples == 33 ? 900...1000 : -20...20)
      let p = Softmax()(z, kernels: kernels)
      var worst = 0.0
      for sample in 0..<samples {
        let top = (0..<classes).map { Double(z[$0, sample]) }.max() ?? 0
        let powers = (0..<classes).map { exp(Double(z[$0, sample]) - top) }
        for (c, power) in powers.enumerated() {
          let wanted = power / powers.reduce(0, +)
          // In ulp: what the difference to the largest logit loses, exp and the quotient twice, and the sum over the classes.
          let allowed = (5 + 1.5 * Double(classes) + abs(Double(z[c, sample]) - top)) * Double(max(Float(wanted).ulp, 0x1p-149))
          worst = max(worst, abs(Double(p[c, sample]) - wanted) / allowed)
        }
        let sum = (0..<classes).map { Double(p[$0, sample]) }.reduce(0, +)
        worst = max(worst, abs(sum - 1) / 1e-6)
      }
      #expect(worst <= 1, "\(classes) classes")
    }
  }

  @Test("softmax of a column with NaN is NaN, of equal infinities too, and the other columns keep their values")
  func softmaxNaN() {
    let z = Batch(rows: [1, .nan, 2, 0, 0, 0, .infinity, .infinity, 0, -.infinity, 0, 0], features: 3)
    for kernels in Kernels.available {
      let p = Softmax()(z, kernels: kernels)
      for sample in [0, 2] { #expect(p.rows[3 * sample..<3 * sample + 3].contains { $0.isNaN }, "\(kernels.name)") }
      let third: Float = 1 / 3
      #expect(Array(p.rows[3..<6]) == [third, third, third])
      #expect(Array(p.rows[9..<12]) == [0, 0.5, 0.5])
    }
  }

  @Test("every instruction set gives the same bits")
  func sameBits() {
    var numbers = Numbers(seed: 2)
    let inputs = [1, 2, 15, 16, 17, 31, 33, 100].map { numbers.batch(features: 5, samples: $0, in: -30...30) }
    let bits = Kernels.available.map { kernels in
      [Sigmoid()(logits(Self.sweep), kernels: kernels).bits] + inputs.map { Softmax()($0, kernels: kernels).bits }
    }
    for (kernels, got) in zip(Kernels.available, bits) { #expect(got == bits[0], "\(kernels.name)") }
  }
}
