import Foundation
import TestSupport
import Testing

/// Nets that were trained in PyTorch and predict here.
struct ImportedNetTests {
  private static let points = ["-1,1", "1,1", "0.5,-2"]
  /// What torch's forward gives for neural_net.pt.
  private static let probabilities = [0.5636790990829468, 0.5781553983688354, 0.6825846433639526]

  private func predict(_ program: Program, _ version: String) throws -> [JSON] {
    try program(["predict", "--version", version, "--format", "json"] + Self.points.flatMap { ["--point", $0] }).json().array
  }

  @Test("the tutorial's net predicts what torch predicts, and says what was taken for granted")
  func tutorial() throws {
    let program = try Program()
    let result = try program("import", Fixtures.path("state_dicts/neural_net.pt"), "--model", "m")
    #expect(result.stdout.hasPrefix("Imported m/1: 4 tensors, 21 numbers, 4 new, from "))
    #expect(
      result.stderr
        == """
        Taken for Linear(2, 5) → ReLU → Linear(5, 1) → Sigmoid: binary, guessed from its outputs (--task says otherwise)
        ReLU by its names, which are those of this program's own nets (--activation says otherwise)
        Its classes are called 0, 1, a guess (--classes names them)

        """)
    for (row, expected) in zip(try predict(program, "m/1"), Self.probabilities) {
      #expect(agree(try #require(row.probability?.number), expected, relative: 1e-6))
    }
    // There is no data of its own.
    let own = try program("predict", "--version", "m/1")
    #expect(own.status == 65 && own.errorLine == "Error: m/1 has no dataset of its own to predict on.")
  }

  @Test("names of classes and features are those that were given")
  func names() throws {
    let program = try Program()
    _ = try program("import", Fixtures.path("state_dicts/neural_net.pt"), "--classes", "no,yes", "--features", "a,b", "--task", "binary")
    try program.folder.write("rows.csv", "b,a\n1,-1\n")
    let rows = try program("predict", "--csv", "rows.csv", "--format", "json").json().array
    #expect(rows.map { $0.label?.string } == ["yes"])
    #expect(agree(try #require(rows[0].probability?.number), Self.probabilities[0], relative: 1e-6))
  }

  @Test("one output can be a value, and no architecture is wanted where it is said")
  func otherTasks() throws {
    let program = try Program()
    let file = Fixtures.path("state_dicts/neural_net.pt")
    #expect(
      try program("import", file, "--task", "regression").stderr.hasPrefix("Taken for Linear(2, 5) → ReLU → Linear(5, 1): regression\n"))
    let value = try #require(try program("predict", "--version", "1", "-1", "1", "--format", "json").json().array[0].value?.number)
    // The sigmoid of it is what the binary net gives.
    #expect(agree(1 / (1 + exp(-value)), Self.probabilities[0], relative: 1e-6))
    let bare = try program("import", file, "--no-architecture", "--format", "json")
    #expect(bare.stderr == "")
    #expect(try bare.json().architecture == .null)
    for command in [["predict", "--version", "2", "-1", "1"], ["evaluate", "--version", "2"]] {
      let result = try program(command)
      #expect(result.status == 65)
      #expect(result.errorLine == "Error: neural-net/2 is a state_dict without an architecture: there is no net to rebuild.")
    }
  }

  @Test("an nn.Sequential of Linear and ReLU predicts, and keeps its own names")
  func sequential() throws {
    let program = try Program()
    let result = try program("import", Fixtures.path("state_dicts/deep.pt"), "--model", "deep", "--activation", "relu", "--format", "json")
    #expect(try result.json().architecture?.string == "NeuralNet")
    #expect(result.stderr.contains("Linear(8, 8) → ReLU → … 36 more … → ReLU → Linear(8, 8) → Softmax: multiclass"))
    let row = try program(["predict", "--version", "deep/1", "--point", "1,2,3,4,5,6,7,8", "--format", "json"]).json().array[0]
    #expect(row.probabilities?.array.count == 8)
    #expect(try program("export", "deep/1", "-o", "d.json").status == 0)
    let names = try JSON(String(contentsOfFile: program.folder.path("d.json"), encoding: .utf8)).tensors?.array.map { $0.name?.string }
    #expect(names?.prefix(3) == ["0.weight", "0.bias", "2.weight"])
  }

  @Test("tanh.pt without --activation is stored without a net, and says how to import it again")
  func unknownActivation() throws {
    let program = try Program()
    let file = Fixtures.path("cases/files/tanh.pt")
    let result = try program("import", file, "--model", "m", "--format", "json")
    #expect(result.status == 0)
    let json = try result.json()
    #expect(json.architecture == .null && json.architecture_from == .null)
    #expect(result.stderr.hasPrefix("Stored without a net: the activation between its layers isn't in the file\n  hint: registry import "))
    #expect(result.stderr.contains("--activation 'relu|tanh|sigmoid|leaky_relu|elu|gelu|silu|none' --model m"))
    for command in [
      ["predict", "--version", "m/1", "1", "1"], ["evaluate", "--version", "m/1"], ["export", "m/1", "-o", "x.onnx"],
      ["train", "--from", "m/1"],
    ] {
      let refused = try program(command)
      #expect(refused.status == 65 && refused.stdout == "", "\(command)")
      #expect(refused.errorLine == "Error: m/1 isn't run: the activation between its layers isn't in the file.")
      #expect(refused.stderr.contains("  hint: registry export m/1 -o m-1.pt && registry import m-1.pt --model m --activation 'relu|"))
    }
    #expect(try program("import", file, "--task", "binary").status == 65)
  }

  @Test("tanh.pt with --activation tanh predicts torch's probabilities, and every channel says what is a guess")
  func tanhPoints() throws {
    let program = try Program()
    let imported = try program(
      "import", Fixtures.path("cases/files/tanh.pt"), "--model", "m", "--activation", "tanh", "--format", "json")
    #expect(try imported.json().architecture_from?.string == "--activation")
    #expect(try imported.json().guessed?.array.map(\.string) == ["task", "classes"])
    let lines = try String(contentsOfFile: Fixtures.path("cases/files/tanh_points.csv"), encoding: .utf8).split(separator: "\n")
    let points = lines.dropFirst().map { $0.split(separator: ",").map(String.init) }
    #expect(points.count == 400)
    try program.folder.write("points.csv", "x0,x1\n" + points.map { "\($0[0]),\($0[1])\n" }.joined())
    let result = try program("predict", "--version", "m/1", "--csv", "points.csv", "--format", "json")
    #expect(result.stderr.hasPrefix("Guessed at its import: the task (binary) and the classes (0, 1)"))
    let rows = try result.json().array
    #expect(rows.count == points.count)
    for (row, point) in zip(rows, points) {
      #expect(agree(try #require(row.probability?.number), try #require(Double(point[2])), relative: 1e-6, absolute: 1e-6))
      #expect(row.guessed?.array.map(\.string) == ["task", "classes"])
    }
    let csv = try program("predict", "--version", "m/1", "--csv", "points.csv", "--format", "csv").stdout
    #expect(csv.hasPrefix("x0,x1,probability,label,guessed\n"))
    let shown = try program("show", "m/1", "--format", "json").json()
    #expect(shown.architecture?.activation?.string == "tanh" && shown.architecture?.guessed?.array.count == 2)
    #expect(shown.params?.architecture_from?.string == "--activation")
    #expect(try program("show", "m/1").stdout.contains("→ Tanh → Linear(16, 1) → Sigmoid"))
    // A fine-tuned net keeps it; another one is refused.
    #expect(try program("train", "--from", "m/1", "--epochs", "5", "--quiet").status == 0)
    #expect(try program("train", "--from", "m/1", "--activation", "gelu").status == 64)
  }

  /// Writes a safetensors file of float32 or float64 ones.
  private func write(
    _ name: String, _ tensors: [(String, [Int])], metadata: [(String, String)] = [], isDouble: Bool = false, in program: Program
  ) throws {
    var (entries, end) = ([String](), 0)
    if !metadata.isEmpty {
      let pairs = try metadata.map { "\"\($0)\":\(String(decoding: try JSONEncoder().encode($1), as: UTF8.self))" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    for (name, shape) in tensors {
      let size = (isDouble ? 8 : 4) * shape.reduce(1, *)
      entries.append(
        "\"\(name)\":{\"dtype\":\"\(isDouble ? "F64" : "F32")\",\"shape\":[\(shape.map(String.init).joined(separator: ","))],\"data_offsets\":[\(end),\(end + size)]}"
      )
      end += size
    }
    let header = "{\(entries.joined(separator: ","))}"
    var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    file.append(contentsOf: header.utf8)
    for _ in 0..<end / (isDouble ? 8 : 4) { file.append(contentsOf: isDouble ? [0, 0, 0, 0, 0, 0, 240, 63] : [0, 0, 128, 63]) }
    try file.write(to: program.folder.url.appending(path: name))
  }

  @Test("a Linear that was saved by itself predicts")
  func bareLinear() throws {
    let program = try Program()
    try write("linear.safetensors", [("weight", [1, 2]), ("bias", [1])], in: program)
    let result = try program("import", "linear.safetensors", "--task", "regression", "--format", "json")
    #expect(try result.json().guessed?.array == [] && result.json().net?.string == "Linear(2, 1)")
    #expect(try program("predict", "--version", "1", "2", "3", "--format", "json").json().array[0].value?.number == 6)
    try write("weight.safetensors", [("weight", [1, 2])], in: program)
    // An nn.Embedding's looks the same.
    let lone = try program("import", "weight.safetensors", "--format", "json")
    #expect(try lone.json().architecture == .null)
    #expect(
      lone.stderr
        == "Stored without a net: whether 'weight' is a Linear's or an nn.Embedding's isn't in the file\n"
        + "  hint: registry import weight.safetensors --activation none --model neural-net\n")
    let refused = try program("predict", "--version", "2", "2", "3")
    #expect(refused.status == 65 && refused.errorLine.contains("whether 'weight' is a Linear's"), "\(refused.stderr)")
    let said = try program("import", "weight.safetensors", "--activation", "none", "--task", "regression", "--format", "json")
    #expect(try said.json().guessed?.array == [] && said.json().architecture_from?.string == "--activation")
    #expect(try program("predict", "--version", "3", "2", "3", "--format", "json").json().array[0].value?.number == 5)
  }

  @Test("what can't be told of the first layer is a guess on every channel")
  func firstLayer() throws {
    let program = try Program()
    try write("n.safetensors", [("1.weight", [2, 2]), ("1.bias", [2]), ("3.weight", [1, 2]), ("3.bias", [1])], in: program)
    let result = try program("import", "n.safetensors", "--activation", "relu", "--task", "regression", "--format", "json")
    #expect(try result.json().guessed?.array.map(\.string) == ["before"])
    #expect(
      result.stderr.contains("Something without weights stands before '1': that it is Flatten, Dropout or Identity is a guess"),
      "\(result.stderr)")
    let predicted = try program("predict", "--version", "1", "1", "1", "--format", "json")
    #expect(try predicted.json().array[0].guessed?.array.map(\.string) == ["before"])
    #expect(predicted.stderr == "Guessed at its import: what stands before its first Linear (Flatten, Dropout or Identity)\n")
    #expect(try program("import", "n.safetensors", "--activation", "relu").status == 0)
    #expect(
      try program("predict", "--version", "2", "1", "1").stderr
        == "Guessed at its import: the task (binary) and the classes (0, 1); 'registry import --task --classes' says them; "
        + "a guess that no option says: what stands before its first Linear (Flatten, Dropout or Identity)\n")
    try Refusal(
      "import", "n.safetensors", "--activation", "relu", "--classes", "a,", code: 64, error: "'--classes a,': a name in it is empty."
    ).check(in: program)
    try write("m.safetensors", [("fc.weight", [3, 4]), ("fc.bias", [3]), ("wpe.weight", [2, 3])], in: program)
    let mixed = try program("import", "m.safetensors", "--activation", "none", "--task", "multiclass", "--classes", "a,b")
    #expect(mixed.stderr.contains("That 'wpe.weight' is a Linear's is a guess"), "\(mixed.stderr)")
  }

  @Test("what no file says of a BatchNorm1d is a guess on every channel, and --batch-norm-eps says it")
  func batchNorm() throws {
    let program = try Program()
    let norm = [("bn1.running_mean", [2]), ("bn1.running_var", [2])]
    try write(
      "n.safetensors", [("fc1.weight", [2, 2]), ("fc1.bias", [2]), ("fc2.weight", [1, 2]), ("fc2.bias", [1])] + norm, in: program)
    let open = try program("import", "n.safetensors", "--model", "open", "--activation", "none", "--format", "json")
    #expect(open.status == 65 && open.errorLine.contains("which Linear 'bn1' (BatchNorm1d) follows isn't in the names"), "\(open.stderr)")
    #expect(open.stderr.contains("--activation none --batch-norm 'before|after'"), "\(open.stderr)")
    let options = ["--activation", "relu", "--batch-norm", "before", "--task", "regression", "--format", "json"]
    let result = try program(["import", "n.safetensors"] + options)
    #expect(try result.json().guessed?.array.map(\.string) == ["batch_norm_eps", "batch_norm_layer"])
    #expect(result.stderr.contains("That each BatchNorm1d follows the Linear of its number is a guess"), "\(result.stderr)")
    #expect(try result.json().net?.string == "Linear(2, 2) → BatchNorm1d → ReLU → Linear(2, 1)")
    #expect(result.stderr.contains("BatchNorm1d in eval mode, before the activation, with an eps of 1e-5, a guess"), "\(result.stderr)")
    let given = try program(["import", "n.safetensors"] + options + ["--batch-norm-eps", "0.5625"])
    #expect(try given.json().guessed?.array.map(\.string) == ["batch_norm_layer"])
    #expect(given.stderr.contains("with an eps of 0.5625"), "\(given.stderr)")
    // ((1 + 1 + 1) - 1) / sqrt(1 + 0.5625) twice, summed, + 1.
    let value = try #require(try program("predict", "--version", "2", "1", "1", "--format", "json").json().array[0].value?.number)
    #expect(agree(value, 4 / 1.25 + 1, relative: 1e-6))
    #expect(try program("show", "2", "--format", "json").json().architecture?.batch_norm_eps?.number == 0.5625)
    // Written to a file and read again, it is the same net.
    #expect(try program("export", "2", "-o", "again.safetensors").status == 0)
    let again = try program("import", "again.safetensors", "--format", "json")
    #expect(try again.json().architecture_from?.string == "metadata", "\(again.stderr)")
    let same = try program("predict", "--version", "3", "1", "1", "--format", "json").json().array[0].value?.number
    #expect(same == value)
    let wrong = try program("import", Fixtures.path("state_dicts/neural_net.pt"), "--batch-norm-eps", "0.1")
    #expect(wrong.status == 65 && wrong.stderr.contains("it has no BatchNorm1d"), "\(wrong.stderr)")
  }

  @Test("a BatchNorm1d after the last Linear stands after it, and before no activation")
  func lastBatchNorm() throws {
    let program = try Program()
    let norm = [("3.running_mean", [1]), ("3.running_var", [1])]
    try write("n.safetensors", [("0.weight", [2, 2]), ("0.bias", [2]), ("2.weight", [1, 2]), ("2.bias", [1])] + norm, in: program)
    let result = try program("import", "n.safetensors", "--activation", "relu", "--task", "regression")
    #expect(result.stderr.contains("BatchNorm1d in eval mode, after the last Linear, with"), "\(result.stderr)")
    #expect(result.stderr.contains("Linear(2, 2) → ReLU → Linear(2, 1) → BatchNorm1d: regression"), "\(result.stderr)")
  }

  @Test("metadata that contradict the tensors' BatchNorm1d aren't believed")
  func contradictingMetadata() throws {
    let program = try Program()
    let linears = [("0.weight", [2, 2]), ("0.bias", [2]), ("3.weight", [1, 2]), ("3.bias", [1])]
    try write("plain.safetensors", linears, in: program)
    #expect(try program("import", "plain.safetensors", "--activation", "tanh").status == 0)
    let query = "SELECT architecture FROM model_versions"
    let text = try program.command(["sqlite3", "registry.db", query]).stdout.trimmingCharacters(in: .newlines)
    let norm = [("1.running_mean", [2]), ("1.running_var", [2])]
    try write("normed.safetensors", linears + norm, metadata: [("registry.architecture", text)], in: program)
    let result = try program("import", "normed.safetensors", "--format", "json")
    #expect(try result.json().architecture == .null, "\(result.stdout)")
    #expect(result.stderr.contains("Stored without a net: the activation"), "\(result.stderr)")
    try write("same.safetensors", linears, metadata: [("registry.architecture", text)], in: program)
    #expect(try program("import", "same.safetensors", "--format", "json").json().architecture_from?.string == "metadata")
  }

  @Test("options beside what a file says of its own net say what was a guess, and contradict nothing else")
  func optionsBesideMetadata() throws {
    let program = try Program()
    let rows = "a,b,y\n" + (0..<40).map { "\($0),\(100 - 2 * $0),\($0 % 3 == 0 ? "no" : "yes")\n" }.joined()
    try program.folder.write("rows.csv", rows)
    let training = ["--target", "y", "--standardize", "--activation", "tanh", "--epochs", "20", "--model", "s"]
    #expect(try program(["train", "--csv", "rows.csv"] + training).status == 0)
    #expect(try program("export", "s/1", "-o", "own.safetensors").stderr == "")
    let expected = try program("predict", "--version", "s/1", "7", "3", "--format", "json").json()
    for options in [[], ["--activation", "tanh"], ["--classes", "no,yes", "--task", "binary"], ["--features", "a,b", "--target", "y"]] {
      let result = try program(["import", "own.safetensors", "--model", "t", "--format", "json"] + options)
      #expect(try result.json().architecture_from?.string == "metadata", "\(options) \(result.stderr)")
      #expect(try program("predict", "--model", "t", "7", "3", "--format", "json").json() == expected, "\(options)")
    }
    for (options, own) in [
      (["--activation", "relu"], "tanh"), (["--classes", "yes,no"], "no,yes"), (["--features", "b,a"], "a,b"), (["--target", "z"], "y"),
      (["--task", "regression"], "binary"), (["--batch-norm", "after"], "no BatchNorm1d"), (["--batch-norm-eps", "0.1"], "no BatchNorm1d"),
    ] {
      let refused = try program(["import", "own.safetensors"] + options)
      #expect(refused.status == 65)
      #expect(
        refused.errorLine
          == "Error: '\(options.joined(separator: " "))' contradicts 'own.safetensors', which says of its own net: \(own).")
    }
    // A .pt has the weights alone, and the export says what stays behind.
    #expect(
      try program("export", "s/1", "-o", "own.pt").stderr
        == "A .pt has the weights alone, without the activation (tanh), the classes' names, the scaling; a .safetensors carries all of it\n"
    )
    let guessed = try program("import", Fixtures.path("cases/files/tanh.pt"), "--model", "g", "--activation", "tanh")
    #expect(guessed.stderr.contains("Its classes are called 0, 1, a guess (--classes names them)"), "\(guessed.stderr)")
    #expect(try program("export", "g/1", "-o", "g.safetensors").status == 0)
    let named = try program("import", "g.safetensors", "--classes", "a,b", "--format", "json").json()
    #expect(named.guessed?.array.map(\.string) == ["task"] && named.architecture_from?.string == "metadata")
  }

  @Test("that float64 numbers are computed in float32 is said at import and with every answer")
  func doubles() throws {
    let program = try Program()
    try write("linear.safetensors", [("weight", [1, 2]), ("bias", [1])], isDouble: true, in: program)
    let result = try program("import", "linear.safetensors", "--task", "regression")
    #expect(result.stderr.hasSuffix("Its F64 numbers are stored as they are and computed in float32\n"), "\(result.stderr)")
    let answer = try program("predict", "--version", "1", "2", "3", "--format", "json")
    #expect(try answer.json().array[0].value?.number == 6)
    #expect(answer.stderr == "Its F64 numbers are computed in float32\n")
  }

  @Test("why an import is no net is kept where its tensors don't tell it")
  func reasonOfImport() throws {
    let program = try Program()
    let layers = ["0", "2", "4"].flatMap { [("\($0).weight", [2, 2]), ("\($0).bias", [2])] }
    try write("one.safetensors", layers, in: program)
    let map = layers.filter { !$0.0.hasPrefix("2") }.map { "\"\($0.0)\":\"one.safetensors\"" }.joined(separator: ",")
    try program.folder.write("model.safetensors.index.json", "{\"weight_map\":{\(map)}}")
    let stored = try program("import", "model.safetensors.index.json")
    #expect(stored.stderr.hasPrefix("Stored without a net: '2.bias' isn't among the tensors that are stored"), "\(stored.stderr)")
    let refused = try program("predict", "1", "2")
    #expect(refused.status == 65)
    #expect(refused.stderr == "Error: neural-net/1 can't be run as a net: '2.bias' isn't among the tensors that are stored.\n")
  }

  @Test("a single layer has no activation")
  func singleLayer() throws {
    let program = try Program()
    try write("one.safetensors", [("0.weight", [1, 3]), ("0.bias", [1])], in: program)
    let one = try program("import", "one.safetensors", "--activation", "none", "--format", "json").json()
    #expect(one.activation == .null && one.computed_in?.string == "float32")
    #expect(try program("show", "1", "--format", "json").json().architecture?.activation == .null)
  }

  @Test("dropout.pt, an nn.Sequential with a gap, is a net once its activation is said")
  func dropout() throws {
    let program = try Program()
    let result = try program("import", Fixtures.path("cases/files/dropout.pt"), "--activation", "relu")
    #expect(result.status == 0 && result.stderr.contains("→ ReLU → Linear("), "\(result.stderr)")
  }

  @Test("a trained activation is stored, shown, resumed by reproduce bit for bit, and exported")
  func trained() throws {
    let program = try Program()
    #expect(try program("train", "--activation", "gelu", "--epochs", "30", "--quiet").status == 0)
    #expect(try program("reproduce", "1").status == 0)
    #expect(try program("show", "1", "--format", "json").json().params?.activation?.string == "gelu")
    #expect(try program("export", "1", "-o", "m.onnx").status == 0)
    // A plain training has no such param: its digest is what it always was.
    #expect(try program("train", "--activation", "relu", "--epochs", "3", "--quiet").status == 0)
    #expect(try program("show", "2", "--format", "json").json().params?.activation == nil)
  }

  @Test("an imported net is trained further on data that fit it, and refused on others")
  func fineTuning() throws {
    let program = try Program()
    _ = try program("import", Fixtures.path("state_dicts/neural_net.pt"))
    let result = try program("train", "--from", "1", "--epochs", "50", "--format", "json")
    #expect(result.status == 0, "\(result.stderr)")
    #expect(try result.json().version?.number == 2)
    #expect(try program("show", "2", "--format", "json").json().lineage?.parent?.string == "neural-net/1")
    let other = try program("train", "--from", "1", "--csv", Fixtures.path("data/iris.csv"), "--target", "target")
    #expect(other.status == 65)
    #expect(other.stderr.contains("Error: the version takes 2 columns (x0, x1), the dataset has 4 ("))
    _ = try program("import", Fixtures.path("state_dicts/tied.pt"), "--model", "foreign")
    let foreign = try program("train", "--from", "foreign/1")
    #expect(foreign.status == 65)
    #expect(foreign.errorLine.hasPrefix("Error: foreign/1 can't be run as a net: '"), "\(foreign.stderr)")
  }
}
