import TestSupport
import Testing

struct ShowCommandTests {
  private func show(_ arguments: String...) throws -> ProcessResult { try Shared.tutorial().program(["show"] + arguments) }

  @Test("a version has its losses, params, architecture, tensors with digests and values, and lineage")
  func version() throws {
    let json = try show("1", "--format", "json").json()
    #expect(json.model == .string("neural-net") && json.version == .number(1) && json.run == .number(1) && json.aliases == .array([]))
    #expect(json.seed == .number(0) && json.dataset == .string("blobs-seed0") && json.parameters == .number(21))
    #expect(json.params?.learning_rate == .number(0.03) && json.params?.epochs == .number(2000) && json.params?.optimizer == .string("sgd"))
    #expect(json.architecture?.input_size == .number(2) && json.architecture?.hidden_sizes?.numbers == [5])
    #expect(json.metrics?.test_loss == json.test_loss)
    #expect(json.tensors?.array.map { $0.shape?.numbers } == [[5, 2], [5], [1, 5], [1]])
    for tensor in json.tensors?.array ?? [] {
      #expect(tensor.dtype == .string("F32") && tensor.digest?.string?.count == 64)
      #expect(tensor.values?.numbers.count == Int(tensor.shape?.numbers.reduce(1, *) ?? 0))
    }
    #expect(json.lineage?.run == .number(1) && json.lineage?.dataset == .string("blobs-seed0") && json.lineage?.parent == .null)
    let listed = try Shared.tutorial().program("list", "--where", "version = 1", "--format", "json").json().array[0]
    for key in ["train_loss", "test_loss", "accuracy", "created_at"] { #expect(json[key] == listed[key]) }
  }

  @Test("the architecture is whole in show's JSON and in the .json export: scaling, categories, classes and the label map")
  func architecture() throws {
    let program = try Program()
    let rows = (0..<24).map { "\(Double($0) / 2),\(["red", "blue", "green"][$0 % 3]),\(["no", "yes"][$0 / 2 % 2])" }
    try program.folder.write("rows.csv", "size,colour,answer\n" + rows.joined(separator: "\n") + "\n")
    #expect(try program("train", "--csv", "rows.csv", "--target", "answer", "--standardize", "--epochs", "3").status == 0)
    let shown = try #require(try program("show", "1", "--format", "json").json().architecture)
    #expect(shown.features == ["size", "colour"] && shown.target == "answer" && shown.classes == ["no", "yes"])
    let columns = shown.columns?.array ?? []
    #expect(columns.map(\.name) == ["size", "colour"])
    #expect(columns.last?.categories == ["blue", "green", "red"] && columns.last?.standardization == nil)
    let sql = "SELECT json_extract(architecture, '$.features[0].standardization') FROM model_versions"
    let stored = try JSON(program.command(["sqlite3", "registry.db", sql]).stdout)
    #expect(columns.first?.standardization == stored && stored.scale?.number ?? 0 > 0)
    #expect(try program("export", "1", "-o", "-", "--as", "json").json().architecture == shown)
    let blobs = try #require(try show("1", "--format", "json").json().architecture)
    #expect(blobs.label_map?.numbers == [0, 0, 1, 1] && blobs.kind == "NeuralNet")
  }

  @Test("every name of a version shows the same", arguments: ["latest", "neural-net/3", "neural-net@latest", "/3"])
  func names(name: String) throws { #expect(try show(name, "--format", "json") == show("3", "--format", "json")) }

  @Test("a run's 2,000 losses are those of the epochs view, to the last bit")
  func run() throws {
    let json = try show("--run", "2", "--format", "json").json()
    let losses = json.train_loss?.numbers ?? []
    #expect(losses.count == 2000)
    let script = """
      import json, sqlite3
      rows = sqlite3.connect("file:registry.db?mode=ro", uri=True).execute("SELECT epoch, train_loss, test_loss FROM epochs WHERE run = 2 ORDER BY epoch")
      print(json.dumps([list(row) for row in rows]))
      """
    let rows = try Shared.tutorial().program.command(["python3", "-c", script]).json().array
    #expect(rows.count == 2000)
    let epochs: [Double] = (0..<2000).map { Double($0) }
    #expect(rows.compactMap { $0.array[0].number } == epochs)
    #expect(rows.compactMap { $0.array[1].number } == losses)
    #expect(rows.last?.array[2] == json.metrics?.test_loss)
    #expect(rows.dropLast().allSatisfy { $0.array[2] == .null }, "the test loss was measured after the last epoch alone")
    #expect(json.status == .string("finished") && json.version == .number(2) && json.seed == .number(1))
    #expect(json.test_loss?.array.map { $0.epoch } == [.number(1999)])
  }

  @Test("the text shows the net, the state_dict with its values, and a curve")
  func text() throws {
    let result = try show("1")
    #expect(result.lines.first == "neural-net/1")
    #expect(result.stdout.contains("Linear(2, 5) → ReLU → Linear(5, 1) → Sigmoid"))
    for line in [
      "  linear_1.weight  F32 [5,2]", "  linear_1.bias    F32 [5]", "  linear_2.weight  F32 [1,5]", "  linear_2.bias    F32 [1]",
    ] {
      #expect(result.lines.contains(line))
    }
    #expect(result.lines.contains("train_loss over 2000 epochs"))
    #expect(result.lines.suffix(6).allSatisfy { $0.contains(" ┤") })
    #expect(result.lines.suffix(6).first?.hasPrefix("  0.7234 ┤") == true)
    let run = try show("--run", "1")
    #expect(run.lines.first == "run 1 of neural-net: finished")
    #expect(run.lines.suffix(6) == result.lines.suffix(6))
  }

  @Test("a large tensor is shown without its values")
  func largeTensor() throws {
    let tensors = try Shared.cancer().program("show", "cancer/1", "--format", "json").json().tensors?.array ?? []
    #expect(tensors.map { $0.values == nil } == [true, false, false, false])
  }

  @Test("CSV is a header and a row", arguments: [["1"], ["--run", "1"]])
  func csv(arguments: [String]) throws {
    let lines = try Shared.tutorial().program(["show"] + arguments + ["--format", "csv"]).lines
    #expect(lines.count == 2)
    #expect(lines[0].contains("dataset") && lines[1].contains("blobs-seed0"))
  }
}
