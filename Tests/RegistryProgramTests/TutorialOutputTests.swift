import Foundation
import TestSupport
import Testing

/// What the program prints for the tutorial, beside what PyTorch printed.  Tolerances: Fixtures' own, 5e-6 for losses, 1e-5 at the end.
struct TutorialOutputTests {
  static let versions = Array(zip(Shared.seeds, 1...))

  private func reference(_ seed: Int) throws -> Reference.Fit { try #require(Reference("tutorial_seed\(seed)").float32) }

  @Test("train prints the tutorial's lines, with PyTorch's digits", arguments: versions)
  func lines(seed: Int, version: Int) throws {
    let output = try Shared.tutorial().outputs[version - 1]
    let expected = try reference(seed)
    try #require(output.lines.count == 1 + 20 + 1 + 1)
    func number(_ line: Int, after beginning: String) throws -> Double {
      #expect(output.lines[line].hasPrefix(beginning))
      return try #require(Double(output.lines[line].dropFirst(beginning.count)))
    }
    let before = try number(0, after: "Before Training, test loss is ")
    #expect(agree(before, expected.testLossBefore, relative: 5e-6))
    for epoch in stride(from: 0, to: 2000, by: 100) {
      let loss = try number(1 + epoch / 100, after: "Train loss at \(epoch) is ")
      #expect(agree(loss, expected.trainLoss[epoch], relative: 5e-6, absolute: 6e-8), "epoch \(epoch)")
    }
    let after = try number(21, after: "After Training, test loss is ")
    #expect(agree(after, expected.testLossAfter, relative: 1e-5))
    let last = output.lines[22]
    #expect(last.hasPrefix("Stored neural-net/\(version): run \(version), dataset blobs-seed\(seed), accuracy "))
    #expect(last.hasSuffix(", in registry.db"))
    #expect(output.stderr == "")
  }

  @Test("predict -1 1 gives PyTorch's probability", arguments: versions)
  func probability(seed: Int, version: Int) throws {
    let result = try Shared.tutorial().program("predict", "--version", "\(version)", "-1", "1", "--format", "json")
    let row = try #require(result.json().array.first)
    #expect(agree(try #require(row.probability?.number), try #require(reference(seed).predict), relative: 1e-5))
    #expect(row.x?.numbers == [-1, 1])
    #expect(row.label == .string("1"))
  }

  @Test("predict without points gives PyTorch's outputs for the version's own test split", arguments: versions)
  func testOutputs(seed: Int, version: Int) throws {
    let rows = try Shared.tutorial().program("predict", "--version", "\(version)", "--format", "json").json().array
    let expected = try Reference("tutorial_seed\(seed)")
    #expect(rows.map { $0.x?.numbers ?? [] } == expected.xTest, "the test points are PyTorch's bit for bit")
    for (row, output) in zip(rows, try reference(seed).testOutputs) {
      #expect(agree(try #require(row.probability?.number), output[0], relative: 1e-5))
    }
  }

  @Test("show --run has every epoch's loss, near PyTorch's", arguments: versions)
  func curve(seed: Int, version: Int) throws {
    let losses = try Shared.tutorial().program("show", "--run", "\(version)", "--format", "json").json().train_loss?.numbers ?? []
    let expected = try reference(seed).trainLoss
    #expect(losses.count == 2000 && expected.count == 2000)
    for (epoch, (loss, other)) in zip(losses, expected).enumerated() {
      #expect(agree(loss, other, relative: 5e-6, absolute: 6e-8), "epoch \(epoch)")
    }
  }

  @Test("show has the final weights, near PyTorch's", arguments: versions)
  func weights(seed: Int, version: Int) throws {
    let tensors = try Shared.tutorial().program("show", "\(version)", "--format", "json").json().tensors?.array ?? []
    #expect(tensors.map(\.name?.string) == ["linear_1.weight", "linear_1.bias", "linear_2.weight", "linear_2.bias"])
    let final = try reference(seed).final
    for tensor in tensors {
      let expected = try #require(final[tensor.name?.string ?? ""]).values
      let values = tensor.values?.numbers ?? []
      #expect(values.count == expected.count)
      #expect(zip(values, expected).allSatisfy { agree($0, $1, relative: 1e-5, absolute: 1e-6) }, "\(tensor.name?.string ?? "")")
    }
  }
}
