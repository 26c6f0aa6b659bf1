import Formats
import Tensors
import Testing

/// What is taken for the state_dict of a checkpoint, and what becomes of the rest.
@Suite("Checkpoints")
struct CheckpointTests {
  private static func file(_ items: [(String, [UInt8])]) -> InputFile {
    let pickle = Pickle.file(Pickle.dictionary(items.map { (Pickle.text($0), $1) }))
    return InputFile(bytes: CraftedZip.torch(pickle, ["0": [0, 0, 128, 63]]).bytes, name: "f")
  }

  private static let scalar = Pickle.tensor(shape: [], strides: [])
  private static let net = Pickle.dictionary([(Pickle.text("weight"), Pickle.tensor())])

  private static func problem(_ items: [(String, [UInt8])]) -> FormatError.Reason? {
    do throws(FormatError) {
      _ = try openTensorFile(file(items))
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(
    "a loss that is a tensor is a scalar beside the state_dict, under whatever key that stands",
    arguments: ["net", "model_state_dict"])
  func tensorScalars(key: String) throws {
    let file = try openTensorFile(Self.file([(key, Self.net), ("loss", Self.scalar), ("epoch", Pickle.int(3))]))
    #expect(file.tensors.map(\.name) == ["weight"])
    #expect(Set(file.metadata) == [MetadataEntry(name: "loss", value: .double(1)), MetadataEntry(name: "epoch", value: .int(3))])
  }

  @Test("scalars alone are a state_dict, and so are tensors beside a dictionary of them")
  func topLevel() throws {
    #expect(try openTensorFile(Self.file([("loss", Self.scalar)])).tensors.map(\.name) == ["loss"])
    let file = try openTensorFile(Self.file([("weight", Pickle.tensor()), ("buffers", Self.net)]))
    #expect(file.tensors.map(\.name) == ["weight"] && (file as? PTFile)?.ignored == ["buffers"])
  }

  @Test("several dictionaries of tensors beside a scalar are to be chosen from")
  func several() {
    let items = [("actor", Self.net), ("critic", Self.net), ("loss", Self.scalar)]
    #expect(Self.problem(items) == .checkpoint(.severalCandidates(["actor", "critic"])))
  }

  @Test("of several dictionaries deeper than under one key one has to be chosen")
  func nested() {
    let models = Pickle.dictionary([(Pickle.text("encoder"), Self.net), (Pickle.text("decoder"), Self.net)])
    #expect(
      Self.problem([("model", models), ("epoch", Pickle.int(1))]) == .checkpoint(.severalCandidates(["model.encoder", "model.decoder"])))
    #expect(Self.problem([("epoch", Pickle.int(1))]) == .checkpoint(.noTensors))
  }

  @Test("names are told apart by their bytes, as Python does: an accent of its own is another letter")
  func canonicallyEqual() throws {
    let names = ["\u{e9}", "e\u{301}"]
    let file = try openTensorFile(Self.file(names.map { ($0, Pickle.tensor()) }))
    let stateDict = try file.stateDict()
    #expect(stateDict.names.map { Array($0.utf8) } == names.map { Array($0.utf8) })
    var written = ByteArraySink()
    try SafetensorsWriter.write(stateDict, to: &written, file: "f")
    #expect(try openTensorFile(InputFile(bytes: written.bytes, name: "f")).tensors.count == 2)
  }
}
