import Foundation
import NeuralNets
import TestSupport
import Testing

@Suite("losses, on every instruction set")
struct LossTests {
  static let sampleCounts = [1, 2, 15, 16, 17, 31, 33, 100, 1025]

  /// Outputs and targets that suit a loss.
  private func problem(_ loss: Loss, samples: Int) -> (outputs: Batch, targets: [Float]) {
    var numbers = Numbers(seed: samples)
    switch loss {
    case .binaryCrossEntropy:
      return (numbers.batch(features: 1, samples: samples, in: 0.001...0.999), (0..<samples).map { Float($0 % 2) })
    case .crossEntropy: return (numbers.batch(features: 5, samples: samples, in: -8...8), (0..<samples).map { Float($0 * 3 % 5) })
    case .meanSquaredError: return (numbers.batch(features: 1, samples: samples, in: -3...3), numbers.floats(samples))
    }
  }

  /// The loss and its gradient by what stands before the output activation, by the textbook.
  private func reference(_ loss: Loss, _ outputs: Batch, _ targets: [Float]) -> (loss: Double, gradient: [[Double]]) {
    let n = Double(targets.count)
    var total = 0.0
    let gradient = targets.indices.map { sample in
      let z = (0..<outputs.features).map { Double(outputs[$0, sample]) }
      let y = Double(targets[sample])
      switch loss {
      case .binaryCrossEntropy:
        total -= y * log(z[0]) + (1 - y) * log(1 - z[0])
        return [(z[0] - y) / n]
      case .crossEntropy:
        let powers = z.map { exp($0) }
        let sum = powers.reduce(0, +)
        total += log(sum) - z[Int(y)]
        return powers.enumerated().map { ($1 / sum - ($0 == Int(y) ? 1 : 0)) / n }
      case .meanSquaredError:
        total += (z[0] - y) * (z[0] - y)
        return [2 * (z[0] - y) / n]
      }
    }
    return (total / n, gradient)
  }

  @Test(
    "and their gradients agree with the textbook, and bit for bit with each other",
    arguments: [Loss.binaryCrossEntropy, .crossEntropy, .meanSquaredError], sampleCounts)
  func textbook(loss: Loss, samples: Int) {
    let (outputs, targets) = problem(loss, samples: samples)
    let wanted = reference(loss, outputs, targets)
    var first: [UInt32]?
    for kernels in Kernels.available {
      var gradient = outputs
      let got = loss(outputs, Targets(targets), gradient: &gradient, kernels: kernels)
      #expect(agree(Double(got), wanted.loss, relative: 3e-7), "\(kernels.name)")
      #expect(loss(outputs, Targets(targets), kernels: kernels) == got, "with and without a gradient")
      let largest = wanted.gradient.joined().map(abs).max() ?? 0
      let isRight = (0..<samples).allSatisfy { sample in
        (0..<outputs.features).allSatisfy {
          agree(Double(gradient[$0, sample]), wanted.gradient[sample][$0], relative: 2e-6, absolute: largest * 1e-6)
        }
      }
      #expect(isRight, "\(kernels.name)")
      let bits = [got.bitPattern] + gradient.bits
      #expect(bits == first ?? bits, "\(kernels.name)")
      first = first ?? bits
    }
  }

  @Test("BCELoss clamps each logarithm at -100, and its gradient is 0 there")
  func clamp() {
    for kernels in Kernels.available {
      let outputs = Batch(rows: [0, 1, 0, 1], features: 1)
      var gradient = outputs
      #expect(Loss.binaryCrossEntropy(outputs, Targets([1, 0, 0, 1]), gradient: &gradient, kernels: kernels) == 50)
      #expect(gradient.rows == [0, 0, 0, 0])
      let tiny = Batch(rows: [0x1p-149], features: 1)
      #expect(Loss.binaryCrossEntropy(tiny, Targets([1]), kernels: kernels) == 100)
    }
  }

  @Test("the logarithm of a probability is right from the smallest normal number up to 1")
  func logarithms() {
    var probabilities: [Float] = [1, 1 - 0x1p-24]
    for exponent in 1...126 { probabilities.append(Float(sign: .plus, exponent: -exponent, significand: 1.37)) }
    for i in 1...999 { probabilities.append(Float(i) / 1000) }
    for kernels in Kernels.available {
      var worst = (error: 0.0, p: Float.nan)
      for p in probabilities {
        let got = Loss.binaryCrossEntropy(Batch(rows: [p], features: 1), Targets([1]), kernels: kernels)
        let wanted = -log(Double(p))
        let error = abs(Double(got) - wanted) / Double(Float(wanted).ulp)
        if !(error <= worst.error) { worst = (error, p) }
      }
      #expect(worst.error <= 1, "\(kernels.name) at \(worst.p)")
    }
  }

  @Test("NaN in one sample makes the loss NaN", arguments: [Loss.binaryCrossEntropy, .crossEntropy, .meanSquaredError])
  func nan(loss: Loss) {
    for kernels in Kernels.available {
      for place in 0..<3 {
        var rows: [Float] = loss == .crossEntropy ? [0.1, 0.2, 0.3, 0.4, 0.5, 0.6] : [0.1, 0.2, 0.3]
        rows[place] = .nan
        let outputs = Batch(rows: rows, features: rows.count / 3)
        #expect(loss(outputs, Targets([0, 1, 1]), kernels: kernels).isNaN, "\(kernels.name), \(place)")
      }
    }
  }

  @Test("CrossEntropyLoss of logits far apart is finite and grows with them")
  func farApart() {
    for kernels in Kernels.available {
      let outputs = Batch(rows: [1000, 0, -1000, 0], features: 2)
      #expect(Loss.crossEntropy(outputs, Targets([1, 0]), kernels: kernels) == 1000)
      #expect(Loss.crossEntropy(outputs, Targets([0, 1]), kernels: kernels) == 0)
    }
  }
}
