import Formats
import Foundation
import TestSupport
import Testing

/// What the index of torch_files says of one file.
struct TorchFileFacts: Decodable {
  let tensors: [String: TensorFacts]?
  let refusal: String?
}

/// Empty when the index cannot be read, which a test of its own notices.
let torchFiles = (try? JSONDecoder().decode([String: TorchFileFacts].self, from: Fixtures.data("torch_files/index.json"))) ?? [:]

/// The index, whose one nested entry (the checkpoint's) has a key more.
struct StateDictIndex: Decodable {
  var files: [String: [String: TensorFacts]] = [:]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let all = try container.decode([String: Entry].self)
    for (name, entry) in all {
      switch entry {
      case .plain(let facts): files[name] = facts
      case .nested(let facts): files[name] = facts["under model_state_dict"]
      }
    }
  }

  enum Entry: Decodable {
    case plain([String: TensorFacts])
    case nested([String: [String: TensorFacts]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let plain = try? container.decode([String: TensorFacts].self) {
        self = .plain(plain)
      } else {
        self = .nested(try container.decode([String: [String: TensorFacts]].self))
      }
    }
  }
}

@Suite("Files that torch and safetensors wrote")
struct ReferenceFileTests {
  static let stateDicts = [
    "neural_net.pt", "dtypes.pt", "strided.pt", "tied.pt", "scalar_and_empty.pt", "special_values.pt", "unicode_keys.pt",
    "plain_dict.pt", "parameters.pt", "deep.pt", "legacy.pt", "neural_net.safetensors", "dtypes.safetensors",
    "scalar_and_empty.safetensors", "special_values.safetensors", "deep.safetensors",
  ]

  @Test("a state_dict is read to exactly what its index says", arguments: stateDicts)
  func stateDict(name: String) throws {
    let index = try JSONDecoder().decode(StateDictIndex.self, from: Fixtures.data("state_dicts/index.json"))
    let file = try openTensorFile(InputFile(path: Fixtures.path("state_dicts/\(name)")))
    try expect(file, holds: #require(index.files[name]))
  }

  @Test("a checkpoint gives the state_dict under its key, its scalars, and the names of what was left out")
  func checkpoint() throws {
    let index = try JSONDecoder().decode(StateDictIndex.self, from: Fixtures.data("state_dicts/index.json"))
    let file = try PTFile(InputFile(path: Fixtures.path("state_dicts/checkpoint.pt")))
    try expect(file, holds: #require(index.files["checkpoint.pt"]))
    #expect(file.metadata == [MetadataEntry(name: "epoch", value: .int(3)), MetadataEntry(name: "loss", value: .double(0.25))])
    #expect(file.ignored == ["optimizer_state_dict"])
  }

  @Test("the names keep the file's order")
  func order() throws {
    let file = try openTensorFile(InputFile(path: Fixtures.path("state_dicts/neural_net.pt")))
    #expect(file.tensors.map(\.name) == ["linear_1.weight", "linear_1.bias", "linear_2.weight", "linear_2.bias"])
  }

  @Test(
    "a pickle that asks for a call is refused with the name and the place",
    arguments: [("evil_reduce.pt", "posix.system", 27), ("whole_module.pt", "__main__.NeuralNet", 2)])
  func refusedCall(name: String, global: String, offset: Int) throws {
    let path = Fixtures.path("state_dicts/\(name)")
    let error = #expect(throws: FormatError.self) { try PTFile(InputFile(path: path)) }
    #expect(error == FormatError(file: path, part: "data.pkl", offset: offset, reason: .pickle(.forbiddenGlobal(global))))
    #expect(
      error?.description
        == "'\(path)' asks to call '\(global)' (byte \(offset) of data.pkl); only tensors are read, nothing is ever called")
    #expect(!FileManager.default.fileExists(atPath: "pickle-was-executed"))
  }

  @Test("what else torch writes is read, or refused for a stated reason", arguments: torchFiles.keys.sorted())
  func extra(name: String) throws {
    let expected = try #require(torchFiles[name])
    let input = try InputFile(path: Fixtures.path("torch_files/\(name)"))
    if let facts = expected.tensors {
      try expect(openTensorFile(input), holds: facts)
    } else {
      let error = #expect(throws: FormatError.self) { try openTensorFile(input) }
      #expect(error?.description.contains(try #require(expected.refusal)) == true, "\(error?.description ?? "")")
    }
  }

  @Test("all the fixtures that the script makes are there")
  func extrasAreComplete() {
    #expect(torchFiles.count == 29)
  }

  @Test("a key chooses among several state_dicts")
  func key() throws {
    let input = try InputFile(path: Fixtures.path("torch_files/ema_checkpoint.pt"))
    #expect(try PTFile(input, key: "average").tensors.map(\.name) == ["w", "b"])
    let error = #expect(throws: FormatError.self) { try PTFile(input, key: "model") }
    #expect(error?.reason == .checkpoint(.noSuchKey("model", known: ["ema", "average"])))
  }

  @Test("scalars of every kind stand beside the tensors, and nothing is dropped unnamed")
  func extras() throws {
    let file = try PTFile(InputFile(path: Fixtures.path("torch_files/checkpoint_extras.pt")))
    let expected: [(String, MetadataValue)] = [
      ("epoch", .int(7)), ("name", .string("층")), ("best", .double(0.5)), ("resumed", .bool(false)), ("big", .int(1 << 40)),
      ("below", .int(-5)),
    ]
    #expect(file.metadata == expected.map { MetadataEntry(name: $0.0, value: $0.1) })
    #expect(file.ignored == ["size", "device", "dtype", "raw", "set", "list"])
  }
}
