import Foundation
import TestSupport
import Testing

struct ImportCommandTests {
  static func fixture(_ name: String) -> String { Fixtures.path("state_dicts/\(name)") }

  static let stateDicts = [
    "neural_net.pt", "dtypes.pt", "strided.pt", "tied.pt", "scalar_and_empty.pt", "special_values.pt", "unicode_keys.pt",
    "plain_dict.pt", "parameters.pt", "deep.pt", "legacy.pt", "checkpoint.pt", "neural_net.safetensors", "dtypes.safetensors",
    "scalar_and_empty.safetensors", "special_values.safetensors", "deep.safetensors",
  ]

  @Test("what goes in comes out in either format, and in again as the same state_dict", arguments: stateDicts)
  func roundTrip(name: String) throws {
    let program = try Program()
    let first = try program("import", Self.fixture(name), "--model", "m", "--format", "json")
    #expect(first.status == 0, "\(first.stderr)")
    let tensors = try #require(try first.json().tensors?.number)
    let digest = try #require(try program("show", "m/1", "--format", "json").json().state_dict_digest?.string)
    for ending in ["pt", "safetensors"] {
      let exported = try program("export", "m/1", "-o", "out.\(ending)", "--format", "json")
      #expect(exported.status == 0, "\(exported.stderr)")
      #expect(try exported.json().state_dict_digest?.string == digest)
      #expect(try exported.json().bytes?.number == Double(try program.files()["out.\(ending)"]?.count ?? 0))
      let again = try program("import", "out.\(ending)", "--model", "m", "--format", "json").json()
      #expect(again.tensors?.number == tensors && again.new_tensors?.number == 0)
      #expect(try program("show", "m@latest", "--format", "json").json().state_dict_digest?.string == digest)
    }
  }

  @Test("the tensors are those that the index names: order, types, shapes and numbers")
  func content() throws {
    let program = try Program()
    _ = try program("import", Self.fixture("dtypes.pt"), "--model", "m")
    let tensors = try program("show", "m/1", "--format", "json").json().tensors?.array ?? []
    #expect(
      tensors.map { $0.name?.string } == ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"])
    #expect(tensors.map { $0.dtype?.string } == ["F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"])
    #expect(tensors.allSatisfy { $0.shape?.numbers == [2, 3] && $0.values?.array.count == 2 })
  }

  @Test(
    "a file that asks for a call is refused, nothing is executed and nothing is made", arguments: ["evil_reduce.pt", "whole_module.pt"])
  func hostile(name: String) throws {
    let program = try Program()
    let result = try program("import", Self.fixture(name), "--db", "new.db")
    #expect(result.status == 65)
    #expect(result.stdout == "")
    #expect(result.errorLine.contains("asks to call '\(name == "evil_reduce.pt" ? "posix.system" : "__main__.NeuralNet")'"))
    #expect(try program.files().isEmpty)
  }

  @Test("in a registry that exists, a hostile file changes nothing")
  func hostileIntoExisting() throws {
    let program = try Program()
    _ = try program("import", Self.fixture("neural_net.pt"))
    let before = try program.files()
    #expect(try program("import", Self.fixture("evil_reduce.pt")).status == 65)
    #expect(try program.files() == before)
  }

  @Test("a damaged tensor is found before anything is made")
  func damaged() throws {
    let program = try Program()
    var bytes = try Fixtures.data("state_dicts/neural_net.pt")
    let marker = Data("archive/data/3".utf8)
    let place = try #require(bytes.range(of: Data("neural_net/data/3".utf8))?.upperBound ?? bytes.range(of: marker)?.upperBound)
    // The data of the last tensor stand behind its local header, at the next multiple of 64.
    bytes[(place + 63) / 64 * 64] ^= 1
    try bytes.write(to: program.folder.url.appending(path: "damaged.pt"))
    let result = try program("import", "damaged.pt")
    #expect(result.status == 65 && result.errorLine.contains("CRC-32"), "\(result.stderr)")
    #expect(try Array(program.files().keys) == ["damaged.pt"])
  }

  static let refusals = [
    Refusal("import", "no.pt", code: 66, error: "'no.pt': no such file."),
    Refusal("import", ".", code: 65, error: "'.': the directory has no .safetensors, .pt, .pth, .ckpt or .bin file of weights."),
    Refusal("import", "a.pt", code: 65, error: "'a.pt': neither a PyTorch file nor a safetensors file.", files: ["a.pt": "hello, world"]),
    Refusal(
      "import", "e.safetensors", code: 65, error: "'e.safetensors': the file holds no tensor.",
      files: ["e.safetensors": "\u{8}\0\0\0\0\0\0\0{}      "], name: "no tensors"),
    Refusal("import", "a.pt", "--model", "a/b", code: 64, error: "'a/b' can't name a model: a name has no slash, at sign or colon."),
    Refusal("import", "a.pt", "--tag", "x", code: 64, error: "'--tag x': a tag is KEY=VALUE.", hint: "--tag stage=prod"),
    Refusal(
      "import", fixture("unicode_keys.pt"), "--task", "binary", code: 65,
      error:
        "'--task binary' needs a net, and '\(fixture("unicode_keys.pt"))' can't be run as one: '층.가중치' isn't a Linear's weight or bias.",
      name: "no net"),
    Refusal(
      "import", fixture("neural_net.pt"), "--task", "multiclass", code: 65,
      error: "the net has 1 output, multiclass needs two or more.", name: "another task"),
    Refusal(
      "import", fixture("neural_net.pt"), "--classes", "a,b,c", code: 65, error: "the net tells 2 classes apart, not 3.",
      name: "too many classes"),
    Refusal(
      "import", fixture("neural_net.pt"), "--features", "a", code: 65, error: "the net takes 2 features, not 1.", name: "too few features"),
    Refusal(
      "import", fixture("checkpoint.pt"), "--key", "ema", "--model", "m", "--activation=relu", "--tag", "a=b", "--tag", "c=d", code: 65,
      error: "'\(fixture("checkpoint.pt"))': no dictionary of tensors under 'ema'; there is 'model_state_dict' (in data.pkl).",
      hint:
        "registry import --model m --tag a=b --tag c=d --activation relu \(fixture("checkpoint.pt")) --key model_state_dict",
      name: "no such key"),
  ]

  @Test("what can't be imported is refused and leaves nothing", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: Program()) }

  @Test(
    "what isn't a file of weights says what it is and what to do",
    arguments: [
      ("lfs_pointer.pt", "git lfs pull"), ("whole_module.pt", "whole_module.pt', weights_only=False).state_dict(), 'weights.pt')"),
    ])
  func otherKinds(name: String, hint: String) throws {
    let result = try Program()("import", Fixtures.path("cases/files/\(name)"))
    #expect(result.status == 65 && result.stderr.contains("hint: ") && result.stderr.contains(hint), "\(result.stderr)")
  }

  @Test("of several files in a folder, the hint names one that isn't empty")
  func emptyBeside() throws {
    let program = try Program()
    try program.folder.write("e.pt", "")
    try program.folder.write("m.pt", "not empty")
    let result = try program("import", ".")
    #expect(result.status == 65 && result.stderr.contains("hint: registry import ./m.pt"), "\(result.stderr)")
  }

  @Test("remarks show a file's names without their control characters")
  func foreignNames() throws {
    let program = try Program()
    let header = #"{"\u001b]0;title\u0007evil\u001b[31m":{"dtype":"F32","shape":[2,3,4],"data_offsets":[0,96]}}"#
    let data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8) + Data(count: 96)
    try data.write(to: program.folder.url.appending(path: "esc.safetensors"))
    let result = try program("import", "esc.safetensors", "--model", "e")
    #expect(result.status == 0 && result.stderr.contains("evil"), "\(result.stderr)")
    #expect(!(result.stderr + result.stdout).utf8.contains { $0 < 0x20 && $0 != 0x0a }, "\(result.stderr)")
  }

  @Test(
    "objects beside the weights are left out and named on both channels", arguments: ["numpy_scalar.pt", "namespace.pt", "pcg64_state.pt"])
  func objectsBeside(name: String) throws {
    let program = try Program()
    let result = try program("import", Fixtures.path("cases/files/\(name)"), "--format", "json")
    #expect(result.status == 0 && result.stderr.contains("Left out: "), "\(result.stderr)")
    #expect(try result.json().left_out?.array.isEmpty == false && result.json().tensors?.number == 4)
  }

  @Test("an index of shards is one version, and a shard that isn't there is named")
  func shards() throws {
    let program = try Program()
    for name in ["a", "b"] {
      let header = "{\"\(name)\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}"
      let length = Character(Unicode.Scalar(UInt8(header.utf8.count)))
      try program.folder.write("\(name).safetensors", "\(length)\0\0\0\0\0\0\0\(header)\u{7}")
    }
    let index = "model.safetensors.index.json"
    try program.folder.write(index, "{\"weight_map\":{\"b\":\"b.safetensors\",\"a\":\"a.safetensors\"}}")
    let result = try program("import", index, "--model", "m", "--format", "json")
    #expect(try result.status == 0 && result.json().tensors?.number == 2, "\(result.stderr)")
    try program.folder.write(index, "{\"weight_map\":{\"b\":\"b.safetensors\",\"a\":\"gone.safetensors\"}}")
    let missing = try program("import", index)
    #expect(missing.status == 66 && missing.errorLine.contains("'gone.safetensors'"), "\(missing.stderr)")
  }

  @Test("a checkpoint of Lightning predicts what torch predicts, and names what was left out")
  func lightning() throws {
    let program = try Program()
    let file = Fixtures.path("cases/files/lightning.ckpt")
    let result = try program("import", file, "--activation", "tanh", "--task", "regression", "--format", "json")
    #expect(result.status == 0, "\(result.stderr)")
    let left = ["loops", "callbacks", "optimizer_states", "lr_schedulers", "hyper_parameters"]
    #expect(try result.json().left_out?.array.map(\.string) == left && result.json().key?.string == "state_dict")
    let rows = try program("predict", "--version", "1", "--point", "1,1,1,1", "--point", "0.5,-2,0,3", "--format", "json").json().array
    for (row, expected) in zip(rows, [0.18435731530189514, 0.37054887413978577]) {
      #expect(agree(try #require(row.value?.number), expected, relative: 1e-6))
    }
  }

  @Test("a directory as Hugging Face's Trainer leaves it is its weights, and the other files are named")
  func trainerDirectory() throws {
    let program = try Program()
    let folder = program.folder.url.appending(path: "checkpoint-4")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    try Fixtures.data("state_dicts/neural_net.safetensors").write(to: folder.appending(path: "model.safetensors"))
    for name in ["optimizer.pt", "rng_state.pth", "scheduler.pt", "training_args.bin", "config.json", "trainer_state.json"] {
      try Data("x".utf8).write(to: folder.appending(path: name))
    }
    let result = try program("import", "checkpoint-4", "--format", "json")
    #expect(result.stderr.contains("Left out: 'optimizer.pt', 'rng_state.pth', 'scheduler.pt', 'training_args.bin' ("), "\(result.stderr)")
    #expect(try result.json().left_out?.array.count == 4 && result.json().tensors?.number == 4)
  }

  @Test("an index that names a part of the shards, and one device's part of a model, are refused with a hint")
  func partsOfModels() throws {
    let program = try Program()
    let copy = try Fixtures.data("state_dicts/neural_net.safetensors")
    for name in ["m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors"] {
      try copy.write(to: program.folder.url.appending(path: name))
    }
    try program.folder.write("m.safetensors.index.json", "{\"weight_map\": {\"a\": \"m-00001-of-00002.safetensors\"}}")
    let few = try program("import", "m.safetensors.index.json")
    #expect(few.status == 65 && few.errorLine.contains("1 of 2 shards, 'm-00002-of-00002.safetensors' isn't among them"), "\(few.stderr)")
    #expect(few.stderr.contains("then: registry import .\n"), "\(few.stderr)")
    let folder = program.folder.url.appending(path: "llama")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    for name in ["consolidated.00.pth", "consolidated.01.pth"] { try copy.write(to: folder.appending(path: name)) }
    for path in ["llama", "llama/consolidated.00.pth"] {
      let part = try program("import", path)
      #expect(part.status == 65 && part.errorLine.contains("split for several devices"), "\(part.stderr)")
      #expect(part.stderr.contains("save_pretrained"), "\(part.stderr)")
    }
    #expect(try program.files()["registry.db"] == nil)
  }

  @Test("one shard is refused with the index that stands for all, or the folder")
  func oneShard() throws {
    let program = try Program()
    let name = "model-00001-of-00002.safetensors"
    let copy = try Fixtures.data("state_dicts/neural_net.safetensors")
    try copy.write(to: program.folder.url.appending(path: name))
    let alone = try program("import", name)
    #expect(alone.status == 65 && alone.errorLine.contains("one of several shards of a model"), "\(alone.stderr)")
    #expect(alone.stderr.contains("then: registry import .\n"), "\(alone.stderr)")
    try program.folder.write("model.safetensors.index.json", "{\"weight_map\": {}}")
    let beside = try program("import", name)
    #expect(beside.status == 65 && beside.stderr.contains("  hint: registry import model.safetensors.index.json\n"), "\(beside.stderr)")
    #expect(try program.files()["registry.db"] == nil)
  }

  @Test("of a checkpoint with several state_dicts it is said which was taken, and --key takes another")
  func severalStateDicts() throws {
    let program = try Program()
    let file = Fixtures.path("cases/files/model_and_ema.pt")
    let result = try program("import", file, "--task", "regression", "--format", "json")
    #expect(result.stderr.contains("The state_dict is 'model'; 'ema' holds tensors too (--key ema reads it)\n"), "\(result.stderr)")
    let json = try result.json()
    #expect(json.key?.string == "model" && json.other_keys?.array.map(\.string) == ["ema"])
    // It is named once.
    #expect(json.left_out?.array.contains { $0.string == "ema" } == false && !result.stderr.contains("Left out: 'ema'"))
    #expect(try program("show", "--run", "1", "--format", "json").json().params?.key?.string == "model")
    let other = try program("import", file, "--key", "ema", "--task", "regression", "--format", "json")
    #expect(!other.stderr.contains("The state_dict is"))
    #expect(try other.json().key?.string == "ema" && other.json().new_tensors?.number == 2)
    let plain = try program("import", Self.fixture("neural_net.pt"), "--format", "json").json()
    #expect(plain.key == .null && plain.other_keys?.array == [])
  }

  @Test(
    "what isn't a file of weights has a hint of its own",
    arguments: [
      ("config.json", Array("{\"a\": 1}    ".utf8), "the weights are in a .safetensors or .pt file"),
      ("t.parquet", Array("PAR1........PAR1".utf8), "pandas.read_parquet"),
    ])
  func ownHints(name: String, bytes: [UInt8], hint: String) throws {
    let program = try Program()
    try Data(bytes).write(to: program.folder.url.appending(path: name))
    let result = try program("import", name)
    #expect(result.status == 65 && result.stderr.contains("  hint: ") && result.stderr.contains(hint), "\(result.stderr)")
  }

  @Test("an ordinary zip archive is to be unpacked, and torch's own that was packed anew is packed without compression")
  func zips() throws {
    let program = try Program()
    try program.folder.write("notes.txt", String(repeating: "text ", count: 100))
    for flag in ["-0", "-9"] {
      try #require(try program.command(["python3", "-c", Self.zipScript, flag, "notes.txt", "z\(flag).zip"]).status == 0)
      let result = try program("import", "z\(flag).zip")
      #expect(
        result.status == 65 && result.stderr.contains("hint: unzip z\(flag).zip -d unzipped; registry import unzipped"), "\(result.stderr)")
    }
    let packed = try program("import", Fixtures.path("torch_files/deflated.pt"))
    #expect(
      packed.status == 65 && packed.stderr.contains("(cd unzipped; zip -0 -r ../unzipped.pt .); registry import unzipped.pt\n"),
      "\(packed.stderr)")
    // No command writes the file that it reads.
    try Fixtures.data("torch_files/deflated.pt").write(to: program.folder.url.appending(path: "unzipped.pt"))
    #expect(try program("import", "unzipped.pt").stderr.contains("../unzipped-again.pt .)"))
    try Data([0x1f, 0x8b, 8, 0] + [UInt8](repeating: 0, count: 40)).write(to: program.folder.url.appending(path: "model.pt"))
    #expect(try program("import", "model.pt").stderr.contains("hint: gunzip -c model.pt > unpacked.pt; registry import unpacked.pt\n"))
  }

  private static let zipScript = """
    import sys, zipfile
    with zipfile.ZipFile(sys.argv[3], 'w', zipfile.ZIP_STORED if sys.argv[1] == '-0' else zipfile.ZIP_DEFLATED) as archive:
        archive.write(sys.argv[2])
    """

  @Test("scalars of a checkpoint become tags with their types, beside the tags that are given")
  func checkpointTags() throws {
    let program = try Program()
    let result = try program(
      "import", Self.fixture("checkpoint.pt"), "--model", "m", "--tag", "epoch=4", "--tag", "who=층 a=b", "--note", "from Ann", "--format",
      "json")
    #expect(result.stderr.contains("Left out: 'optimizer_state_dict'"))
    #expect(result.stdout.contains("\"tags\": {\n    \"epoch\": 4,\n    \"loss\": 0.25,\n    \"who\": \"층 a=b\"\n  }"))
    let types = "SELECT key, typeof(value), value FROM version_tags ORDER BY key"
    #expect(try program.command(["sqlite3", "registry.db", types]).stdout == "epoch|integer|4\nloss|real|0.25\nwho|text|층 a=b\n")
    #expect(try program("show", "m/1").stdout.contains("tags\n  epoch  4\n  loss   0.25\n  who    층 a=b\n"))
    #expect(try program("show", "m/1", "--format", "json").json().tags?.loss?.number == 0.25)
    let run = try program("show", "--run", "1", "--format", "json").json()
    #expect(run.kind?.string == "import" && run.status?.string == "finished" && run.note?.string == "from Ann")
    #expect(run.params?.file?.string == "checkpoint.pt" && run.params?.format?.string == "pt")
    #expect(run.dataset == .null && run.seed == .null)
  }

  @Test("every kind of scalar is kept; a key that no tag can have is left out and named")
  func scalarKinds() throws {
    let program = try Program()
    let extras = try program("import", Fixtures.path("torch_files/checkpoint_extras.pt"), "--format", "json")
    #expect(extras.status == 0)
    let tags = try extras.json().tags
    #expect(tags?.resumed == .number(0) && tags?.big?.number == 1_099_511_627_776 && tags?.name?.string == "층")
    let header = #"{"__metadata__":{"":"a","b\u0000c":"d","format":"pt"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    try program.folder.write("odd.safetensors", "\(Character(Unicode.Scalar(UInt8(header.utf8.count))))\0\0\0\0\0\0\0\(header)\0\0\0\0")
    let odd = try program("import", "odd.safetensors", "--format", "json")
    #expect(odd.stderr.contains("Left out: '', 'b·c'"), "\(odd.stderr)")
    #expect(try odd.json().tags == .object(["format": .string("pt")]))
  }

  @Test("a net of another type is computed in float32, which is said")
  func otherType() throws {
    let header =
      #"{"linear_1.weight":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]},"linear_1.bias":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}}"#
    let program = try Program()
    var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    file.append(contentsOf: header.utf8)
    file.append(contentsOf: [UInt8](repeating: 0, count: 6))
    try file.write(to: program.folder.url.appending(path: "w.safetensors"))
    let result = try program("import", "w.safetensors", "--task", "binary")
    #expect(result.status == 0)
    #expect(result.stderr.contains("Its BF16 numbers are stored as they are and computed in float32"), "\(result.stderr)")
    let piped = try program("import", "-", input: header)
    #expect(piped.status == 64 && piped.stderr.contains("it can't come from standard input"))
  }

  @Test("a text of more than a megabyte is no tag, and is named")
  func longText() throws {
    let program = try Program()
    let header =
      #"{"__metadata__":{"short":"y","long":"\#(String(repeating: "x", count: 1 << 20))"},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
    var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    file.append(contentsOf: header.utf8)
    file.append(7)
    try file.write(to: program.folder.url.appending(path: "w.safetensors"))
    let result = try program("import", "w.safetensors", "--format", "json")
    #expect(try result.json().tags?.short?.string == "y" && result.json().tags?.long == nil)
    #expect(result.stderr.contains("Left out: 'long'"))
  }

  @Test("lists show imported versions without losses, and their task and sizes where they are nets")
  func lists() throws {
    let program = try Program()
    _ = try program("import", Self.fixture("neural_net.pt"))
    _ = try program("import", Self.fixture("tied.pt"))
    let versions = try program("list", "--format", "json").json().array
    #expect(versions.map { $0.task } == [.null, .string("binary")])
    #expect(versions.map { $0.hidden_size } == [.null, .number(5)])
    #expect(versions.allSatisfy { $0.train_loss == .null && $0.test_loss == .null && $0.dataset == .null && $0.seed == .null })
    #expect(try program("list", "runs", "--format", "json").json().array.map { $0.kind?.string } == ["import", "import"])
    #expect(try program("list").status == 0)
  }

  @Test("imports at once into one new file all succeed, and equal tensors are stored once")
  func atOnce() throws {
    let program = try Program()
    let job = "( $registry import '\(Self.fixture("deep.pt"))' --model m --format json >out$i 2>err$i; echo $? >status$i ) &"
    #expect(try program.shell("for i in 1 2 3 4; do \(job) done; wait").status == 0)
    for i in 1...4 { #expect(try String(contentsOfFile: program.folder.path("status\(i)"), encoding: .utf8) == "0\n") }
    let versions = try (1...4).map { try JSON(String(contentsOfFile: program.folder.path("out\($0)"), encoding: .utf8)) }
    #expect(versions.compactMap { $0.version?.number }.sorted() == [1, 2, 3, 4])
    #expect(versions.compactMap { $0.new_tensors?.number }.sorted() == [0, 0, 0, 80])
    let counts = "SELECT (SELECT count(*) FROM tensors), (SELECT count(*) FROM version_tensors), (SELECT count(*) FROM runs)"
    #expect(try program.command(["sqlite3", "registry.db", counts]).stdout == "80|320|4\n")
    #expect(try program.command(["sqlite3", "registry.db", "PRAGMA integrity_check; PRAGMA foreign_key_check"]).stdout == "ok\n")
  }
}
