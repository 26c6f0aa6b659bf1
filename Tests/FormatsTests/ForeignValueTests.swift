import Formats
import Foundation
import Tensors
import TestSupport
import Testing

/// What a file says in another way than torch 2 does, or beside its weights.
@Suite("Foreign values")
struct ForeignValueTests {
  private static func open(_ name: String, key: String? = nil) throws -> any TensorFile {
    try openTensors(path: Fixtures.path("cases/files/\(name)"), key: key)
  }

  private static func opened(_ items: [(String, [UInt8])], key: String? = nil) throws(FormatError) -> any TensorFile {
    let pickle = Pickle.file(Pickle.dictionary(items.map { (Pickle.text($0), $1) }))
    return try openTensorFile(InputFile(bytes: CraftedZip.torch(pickle).bytes, name: "f"), key: key)
  }

  private static func problem(_ items: [(String, [UInt8])], key: String? = nil) -> FormatError.Reason? {
    do throws(FormatError) {
      _ = try opened(items, key: key)
      return nil
    } catch {
      return error.reason
    }
  }

  private static let net = Pickle.dictionary([(Pickle.text("weight"), Pickle.tensor())])
  private static let object = cat(Pickle.global("pkg.config", "Config"), [0x29, 0x81, 0x7d, 0x62])

  @Test(
    "reads the weights of every case: Python 2's dictionary, no checksums, large integers, NumPy's scalars, a Namespace, a nested model",
    arguments: [
      "py2_ordereddict.pt", "nocrc.pt", "pcg64_state.pt", "nested_model.pt", "numpy_scalar.pt", "namespace.pt",
    ])
  func cases(name: String) throws {
    let file = try Self.open(name)
    #expect(file.tensors.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
    #expect(file.tensors.allSatisfy { $0.dtype == .float32 })
    #expect(try file.stateDict().parameterCount > 0)
  }

  @Test("metadata of null are none")
  func metadataNull() throws {
    let file = try Self.open("metadata_null.safetensors")
    #expect(!file.tensors.isEmpty && file.metadata.isEmpty)
  }

  @Test("a nested state_dict is found by its path")
  func nestedKey() throws {
    #expect(try Self.open("nested_model.pt", key: "model.state_dict").tensors.count == 4)
    let items = [("a", Pickle.dictionary([(Pickle.text("b.c"), Self.net), (Pickle.text("n"), Pickle.int(3))])), ("o", Self.object)]
    let file = try Self.opened(items)
    #expect(file.tensors.map(\.name) == ["weight"] && file.ignored == ["o"])
    #expect(file.metadata == [MetadataEntry(name: "a.n", value: .int(3))])
    #expect(try Self.opened(items, key: "a.b.c").tensors.count == 1)
    #expect(Self.problem(items, key: "a.b") == .checkpoint(.noSuchKey("a.b", known: ["a.b.c"])))
    let two = [("m", Pickle.dictionary([(Pickle.text("x"), Self.net), (Pickle.text("y"), Self.net)]))]
    #expect(Self.problem(two) == .checkpoint(.severalCandidates(["m.x", "m.y"])))
  }

  @Test("a type that isn't stored is called one")
  func unstoredTypes() throws {
    let error = #expect(throws: FormatError.self) { try Self.open("float8_e8m0fnu.pt") }
    #expect(error?.reason == .checkpoint(.unstoredTensor("x", kind: "float8_e8m0fnu")))
    let quantized = cat(
      Pickle.global("torch._utils", "_rebuild_qtensor"), Pickle.tuple([Pickle.storage(type: "QInt8Storage"), Pickle.int(0)]), [0x52])
    #expect(Self.problem([("w", quantized)]) == .checkpoint(.unstoredTensor("w", kind: "qint8")))
    let sparse = cat(Pickle.global("torch._utils", "_rebuild_sparse_tensor"), Pickle.tuple([Pickle.int(0)]), [0x52])
    #expect(Self.problem([("b", Pickle.tensor()), ("w", sparse)]) == .checkpoint(.unstoredTensor("w", kind: "a sparse tensor")))
  }

  @Test("a whole module, and an object in the place of the state_dict, are refused by name")
  func wholeModule() throws {
    let error = #expect(throws: FormatError.self) { try Self.open("whole_module.pt") }
    guard case .pickle(.forbiddenGlobal)? = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
    let file = CraftedZip.torch(Pickle.file(Self.object)).bytes
    #expect(refusal(file)?.reason == .pickle(.forbiddenGlobal("pkg.config.Config")))
    let model = cat(Pickle.global("ultralytics", "Model"), [0x29, 0x81], Pickle.dictionary([(Pickle.text("p"), Self.net)]), [0x62])
    #expect(Self.problem([("model", model)]) == .checkpoint(.object(key: "model", name: "ultralytics.Model")))
  }

  @Test(
    "an object beside the weights is left out and named, however it is made",
    arguments: [
      object, Pickle.global("pkg", "function"), cat(Pickle.global("pkg", "f"), [0x29, 0x52]),
      cat(Pickle.global("pkg", "List"), [0x29, 0x81, 0x28, 0x4b, 1, 0x4b, 2, 0x65]),
      cat(Pickle.global("pkg", "Map"), [0x29, 0x52, 0x28], Pickle.text("k"), Pickle.tensor(), [0x75]),
      cat(Pickle.global("pkg", "Keywords"), [0x29, 0x7d, 0x92]), cat(Pickle.global("pkg", "f"), [0x29, 0x52, 0x29, 0x52]),
      cat([0x8a, 9], [UInt8](repeating: 1, count: 9)), cat([0x8b], le(17 as UInt32), [UInt8](repeating: 0xfe, count: 17)),
    ])
  func beside(value: [UInt8]) throws {
    let file = try Self.opened([("state_dict", Self.net), ("config", value), ("epoch", Pickle.int(3))])
    #expect(file.tensors.map(\.name) == ["weight"] && file.ignored == ["config"])
    #expect(file.metadata == [MetadataEntry(name: "epoch", value: .int(3))])
  }

  @Test(
    "an integer is what it is, in however many bytes",
    arguments: [
      (cat([0x8a, 8], le(Int64.min)), Int.min), (cat([0x8a, 9], le(Int64.max), [0]), Int.max), (cat([0x8a, 9], le(Int64(-1)), [0xff]), -1),
      (cat([0x8a, 0]), 0), (cat([0x8b], le(12 as UInt32), le(Int64(-2)), [0xff, 0xff, 0xff, 0xff]), -2),
    ])
  func integers(bytes: [UInt8], value: Int) throws {
    let file = try Self.opened([("state_dict", Self.net), ("n", bytes)])
    #expect(file.metadata == [MetadataEntry(name: "n", value: .int(value))])
  }

  @Test(
    "a dictionary made of another, or of pairs, has its items",
    arguments: [
      (
        "defaultdict",
        [
          Pickle.global("builtins", "list"),
          Pickle.dictionary([(Pickle.text("w"), Pickle.tensor())]),
        ]
      ),
      (
        "defaultdict",
        [Pickle.global("builtins", "list"), cat([0x5d, 0x28], Pickle.tuple([Pickle.text("w"), Pickle.tensor()]), [0x65])]
      ),
      ("OrderedDict", [Pickle.dictionary([(Pickle.text("w"), Pickle.tensor())])]),
    ])
  func dictionaries(name: String, arguments: [[UInt8]]) throws {
    let made = cat(Pickle.global("collections", name), Pickle.tuple(arguments), [0x52])
    #expect(try Self.opened([("state_dict", made)]).tensors.map(\.name) == ["w"])
    let wrong = cat(Pickle.global("collections", name), Pickle.tuple(arguments + [Pickle.int(1), Pickle.int(1)]), [0x52])
    #expect(Self.problem([("state_dict", wrong)]) == .pickle(.badArguments(what: name)))
  }

  @Test("an integer of more than 64 bits is no size, no offset and no name")
  func wideSizes() {
    let wide = cat([0x8a, 9], le(UInt64(2)), [1])
    let storage = cat(
      Pickle.tuple([Pickle.text("storage"), Pickle.global("torch", "FloatStorage"), Pickle.text("0"), Pickle.text("cpu"), wide]), [0x51])
    #expect(Self.problem([("w", Pickle.tensor(storage: storage))]) == .pickle(.badPersistentID))
    let hooks = cat(Pickle.global("collections", "OrderedDict"), [0x29, 0x52])
    for (offset, shape) in [(wide, Pickle.integers([1])), (Pickle.int(0), Pickle.tuple([wide]))] {
      let arguments = [Pickle.storage(), offset, shape, Pickle.integers([1]), [0x89], hooks]
      let tensor = cat(Pickle.global("torch._utils", "_rebuild_tensor_v2"), Pickle.tuple(arguments), [0x52])
      #expect(Self.problem([("w", tensor)]) == .pickle(.badArguments(what: "_rebuild_tensor_v2")))
    }
    let named = CraftedZip.torch(Pickle.file(Pickle.dictionary([(wide, Pickle.tensor())]))).bytes
    #expect(refusal(named)?.reason == .checkpoint(.nameNotText))
  }

  @Test("nine bytes whose ninth contradicts the sign are no 64-bit integer")
  func wideInteger() throws {
    let file = try Self.opened([("state_dict", Self.net), ("n", cat([0x8a, 9], le(UInt64.max), [0]))])
    #expect(file.metadata.isEmpty && file.ignored == ["n"])
  }

  @Test(
    "names of what runs code are refused wherever they stand, also beside weights",
    arguments: [
      ("posix", "system"), ("os.path", "join"), ("subprocess", "Popen"), ("builtins", "eval"), ("__builtin__", "exec"),
      ("importlib", "import_module"), ("torch", "serialization.os.system"), ("torch.hub", "load"), ("pkg", "__builtins__.eval"),
      ("torch", "load"), ("sys", "modules"),
    ])
  func dangerous(module: String, name: String) {
    let items = [("state_dict", Self.net), ("x", Pickle.global(module, name))]
    #expect(Self.problem(items) == .pickle(.forbiddenGlobal("\(module).\(name)")))
    #expect(DangerousName.contains("\(module).\(name)"))
  }

  @Test("two storages whose names differ only in Unicode normalisation stay two")
  func storageNames() throws {
    let keys = ["\u{e9}", "e\u{301}"]
    let pickle = Pickle.file(
      Pickle.dictionary(["a", "b"].indices.map { (Pickle.text(["a", "b"][$0]), Pickle.tensor(storage: Pickle.storage(key: keys[$0]))) }))
    var zip = CraftedZip.torch(pickle, [:])
    for (key, value) in Swift.zip(keys, [1, 2] as [Float]) {
      zip.entries.append(CraftedZip.Entry("a/data/\(key)", withUnsafeBytes(of: value) { Array($0) }))
    }
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "a.pt")
    try Data(zip.bytes).write(to: file)
    let stateDict = try openTensors(path: file.path).stateDict()
    #expect(stateDict.entries.map { $0.tensor.doubles(0..<1) } == [[1], [2]])
  }

  @Test("one checksum that isn't zero shows that an archive has checksums")
  func checksums() {
    let pickle = Pickle.file(Pickle.dictionary([(Pickle.text("w"), Pickle.tensor())]))
    var zip = CraftedZip.torch(pickle)
    for index in zip.entries.indices { zip.entries[index].checksum = 0 }
    #expect(refusal(zip.bytes) == nil)
    zip.entries[0].checksum = nil
    guard case .zip(.checksum)? = refusal(zip.bytes)?.reason else {
      Issue.record("a storage without its checksum was accepted")
      return
    }
  }

  @Test(
    "another format is told by its content",
    arguments: [
      (cat([0x80, 4, 0x95], le(20 as UInt64), [0x7d, 0x94, 0x2e], [UInt8](repeating: 0, count: 9)), ForeignFormat.pickle),
      (cat([0x80, 3], Array("cjoblib.numpy_pickle\nNumpyArrayWrapper\n".utf8)), .joblib), (Array("GGUF\u{3}\0\0\0\0\0\0\0".utf8), .gguf),
      (cat([0x89], Array("HDF\r\n\u{1a}\n".utf8), [0, 0]), .hdf5), (cat([0x93], Array("NUMPY\u{1}\0".utf8)), .numpyArray),
      (Array("<!DOCTYPE html>\n<html>".utf8), .html), ([0x1f, 0x8b, 8, 0, 0], .gzip), (Array("{\"a\": 1}          ".utf8), .json),
      (cat([0x81, 0xa6], Array("params".utf8), [0x81]), .messagePack), (cat([8, 8, 0x12, 7], Array("pytorch".utf8)), .onnx),
      (cat([UInt8](repeating: 0x61, count: 257), Array("ustar\0".utf8)), .tar),
      (CraftedZip(entries: [CraftedZip.Entry("a.npy", [1])]).bytes, .numpyArchive),
      (CraftedZip(entries: [CraftedZip.Entry("model.weights.h5", [1])]).bytes, .keras),
    ])
  func formats(bytes: [UInt8], format: ForeignFormat) {
    #expect(refusal(bytes)?.reason == .file(.foreign(format)))
  }

  @Test("a Git LFS pointer is one")
  func pointer() {
    let error = #expect(throws: FormatError.self) { try Self.open("lfs_pointer.pt") }
    #expect(error?.reason == .file(.foreign(.gitLFSPointer)))
  }
}
