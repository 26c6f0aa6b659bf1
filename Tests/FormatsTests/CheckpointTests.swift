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

  @Test(
    "where custom decides among several, the file says which was taken and what else there is",
    arguments: [
      (["model", "ema"], "model", ["ema"]), (["ema", "state_dict", "best"], "state_dict", ["ema", "best"]), (["net"], "net", []),
      (["model_state_dict", "optimizer"], "model_state_dict", ["optimizer"]),
    ])
  func choice(keys: [String], taken: String, others: [String]) throws {
    let items = keys.map { ($0, Self.net) } + [("losses", Pickle.dictionary([(Pickle.text("last"), Self.scalar)]))]
    let file = try #require(try openTensorFile(Self.file(items)) as? PTFile)
    #expect(file.key == taken && file.otherKeys == others)
    if let other = others.first {
      let chosen = try #require(try openTensorFile(Self.file(items), key: other) as? PTFile)
      #expect(chosen.key == other && chosen.otherKeys.contains(taken))
    }
  }

  @Test("numbers that are tensors, at the top or in a dictionary, aren't taken for the state_dict where there is one deeper")
  func scalarsBesideDeeper() throws {
    let losses = Pickle.dictionary([(Pickle.text("last"), Self.scalar)])
    let model = Pickle.dictionary([(Pickle.text("weights"), Self.net)])
    let items = [("loss", Self.scalar), ("losses", losses), ("agent", model)]
    let file = try #require(try openTensorFile(Self.file(items)) as? PTFile)
    #expect(file.key == "agent.weights" && file.tensors.map(\.name) == ["weight"])
    #expect(file.metadata == [MetadataEntry(name: "loss", value: .double(1))] && file.ignored == ["losses"])
    #expect(try (openTensorFile(Self.file([("losses", losses)])) as? PTFile)?.key == "losses")
  }

  @Test("a path that two dictionaries have is no key to be chosen: neither is proposed")
  func ambiguousPaths() throws {
    let pair = [("a.b", Self.net), ("a", Pickle.dictionary([(Pickle.text("b"), Self.net)]))]
    let deep = [("x", Pickle.dictionary(pair.map { (Pickle.text($0), $1) }))]
    #expect(Self.problem(deep) == .checkpoint(.duplicateName("x.a.b")))
    #expect(Self.problem(pair + [("c", Self.net), ("d", Self.net)]) == .checkpoint(.severalCandidates(["c", "d"])))
    let file = try #require(try openTensorFile(Self.file(pair + [("model", Self.net), ("ema", Self.net)])) as? PTFile)
    #expect(file.key == "model" && file.otherKeys == ["ema"] && file.ignored == ["a.b", "a", "ema"])
  }

  @Test("two keys of custom are to be chosen from")
  func twoOfCustom() {
    #expect(Self.problem([("model", Self.net), ("state_dict", Self.net)]) == .checkpoint(.severalCandidates(["model", "state_dict"])))
  }

  @Test("what is inside the state_dict, or above it, is none of the others; what is beside the file's own entries is")
  func within() throws {
    let inner = Pickle.dictionary([(Pickle.text("weight"), Pickle.tensor()), (Pickle.text("extra"), Self.net)])
    let file = try #require(try openTensorFile(Self.file([("model", inner)])) as? PTFile)
    #expect(file.key == "model" && file.otherKeys.isEmpty)
    let top = try #require(try openTensorFile(Self.file([("weight", Pickle.tensor()), ("ema", Self.net)])) as? PTFile)
    #expect(top.key == nil && top.otherKeys == ["ema"])
  }

  @Test("a path of long keys leads nowhere, and many entries beside a long path are refused: neither costs memory")
  func longKeys() throws {
    let long = String(repeating: "k", count: 1 << 20)
    var pickle = Pickle.dictionary([(Pickle.text(long), Self.net)])
    #expect(Self.problem([("a", pickle)]) == .checkpoint(.nestedTensors(["a"])))
    // Sixteen keys of 512 bytes, and beside the last many entries whose paths have them all.
    var entries = (0..<4000).map { (Pickle.text("\($0)"), Pickle.int(1)) }
    entries.append((Pickle.text("net"), Self.net))
    pickle = Pickle.dictionary(entries)
    let key = String(repeating: "k", count: 510)
    for _ in 0..<14 { pickle = Pickle.dictionary([(Pickle.text(key), pickle)]) }
    #expect(Self.problem([(key, pickle)]) == .checkpoint(.namesTooLong))
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
