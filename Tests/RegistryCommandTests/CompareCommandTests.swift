import TestSupport
import Testing

struct CompareCommandTests {
  private func compare(_ arguments: String...) throws -> ProcessResult { try Shared.tutorial().program(["compare"] + arguments) }

  @Test("the distances of two versions are NumPy's")
  func numpyDistances() throws {
    let json = try compare("1", "2", "--format", "json").json()
    #expect(json.versions?.array.map { $0.version } == [.number(1), .number(2)])
    #expect(json.params?.seed?.numbers == [0, 1] && json.params?.epochs?.numbers == [2000, 2000])
    #expect(json.differing_params == .array([.string("dataset"), .string("seed")]))
    let script = """
      import array, json, math, sqlite3
      file = sqlite3.connect("file:registry.db?mode=ro", uri=True)
      def weights(version):
        return {n: array.array("f", d) for n, d in file.execute("SELECT name, data FROM state_dict WHERE version = ? ORDER BY position", (version,))}
      a, b = weights(1), weights(2)
      norm = lambda v: math.sqrt(math.fsum(x * x for x in v))
      print(json.dumps([[norm([y - x for x, y in zip(a[n], b[n])]), max(abs(y - x) for x, y in zip(a[n], b[n])),
        math.fsum(x * y for x, y in zip(a[n], b[n])) / norm(a[n]) / norm(b[n]), sum(x != y for x, y in zip(a[n], b[n])) / len(a[n])] for n in a]))
      """
    let expected = try Shared.tutorial().program.command(["python3", "-c", script]).json().array.map(\.numbers)
    let tensors = json.tensors?.array ?? []
    #expect(tensors.map { $0.name?.string } == ["linear_1.weight", "linear_1.bias", "linear_2.weight", "linear_2.bias"])
    for (tensor, numbers) in zip(tensors, expected) {
      for (key, number) in zip(["l2", "max_abs", "cosine", "changed"], numbers) {
        #expect(agree(tensor[key]?.number ?? .nan, number, relative: 1e-12), "\(key)")
      }
    }
    #expect(expected.count == 4)
  }

  @Test("the agreement is the share of test rows on which predict gives one label")
  func agreement() throws {
    let program = try Shared.tutorial().program
    let json = try compare("1", "2", "--format", "json").json()
    let points = try program("predict", "--version", "1", "--format", "json").json().array
    let arguments = points.flatMap { point in
      ["--point", (point.x?.numbers ?? []).map { "\($0)" }.joined(separator: ",")]
    }
    let labels = try [1, 2].map { version in
      try program(["predict", "--version", "\(version)", "--format", "json"] + arguments).json().array.map { $0.label }
    }
    let equal = zip(labels[0], labels[1]).count { $0 == $1 }
    #expect(json.agreement?.number == Double(equal) / Double(points.count) && points.count == 20)
    #expect(try compare("1", "2").stdout.contains("\nagreement: \(equal) of 20 rows (test part of blobs-seed0)\n"))
    #expect(try compare("1", "1").stdout.contains("\nagreement: 20 of 20 rows (test part of blobs-seed0)\n"))
  }

  @Test("a version beside itself is equal in all, and nothing is said to differ")
  func same() throws {
    let result = try compare("2", "neural-net/2")
    #expect(
      result.lines.prefix(3) == [
        "params: all 11 are equal", "metrics: all 8 are equal",
        "tensors: all 4 of neural-net/2 are equal to those of neural-net/2, to the bit",
      ])
    let json = try compare("2", "2", "--format", "json").json()
    for tensor in json.tensors?.array ?? [] {
      #expect(tensor.l2 == .number(0) && tensor.cosine == .number(1) && tensor.changed == .number(0) && tensor.status == .string("equal"))
    }
    #expect(json.agreement == .number(1))
  }

  @Test("one tensor and one row are named as one")
  func one() throws {
    let program = try Program()
    let script = """
      import json, struct
      header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
      open("one.safetensors", "wb").write(struct.pack("<Q", len(header)) + header + struct.pack("<f", 1.5))
      """
    #expect(try program.command(["python3", "-c", script]).status == 0)
    for _ in 1...2 { #expect(try program("import", "one.safetensors", "--model", "one").status == 0) }
    #expect(
      try program("compare", "one/1", "one/2").stdout.contains("tensors: the only one of one/2 is equal to that of one/1, to the bit\n"))
    for seed in ["0", "1"] { #expect(try program("train", "--samples", "4", "--seed", seed, "--epochs", "1", "--quiet").status == 0) }
    #expect(
      try program("compare", "neural-net/1", "neural-net/1").stdout.contains("\nagreement: 1 of 1 row (test part of blobs-4-seed0)\n"))
    #expect(try program("reproduce", "neural-net/1", "--quiet").stdout.contains(" again, 1 epoch, 4 tensors and "))
  }

  @Test("more than two are compared with the first, each pair named")
  func several() throws {
    let json = try compare("1", "2", "3", "--format", "json").json()
    #expect(json.agreement?.array.count == 2 && json.tensors?.array.count == 8)
    #expect(Set(json.tensors?.array.compactMap { $0.reference?.string } ?? []) == ["neural-net/1"])
    #expect(json.params?.seed?.numbers == [0, 1, 42])
    let text = try compare("1", "2", "3").stdout
    #expect(text.contains("tensors of neural-net/2 against neural-net/1") && text.contains("tensors of neural-net/3 against neural-net/1"))
    #expect(try compare("1", "2", "3", "--format", "csv").lines.first == "kind,name,neural-net/1,neural-net/2,neural-net/3")
  }

  @Test("runs have params, metrics and curves, and no weights")
  func runs() throws {
    let json = try compare("--run", "1", "2", "--format", "json").json()
    #expect(json.runs?.array.map { $0.run } == [.number(1), .number(2)])
    #expect(json.tensors == nil && json.params?.seed?.numbers == [0, 1])
    #expect(json.curves?.array.map { $0.train_loss?.numbers.count } == [2000, 2000])
    #expect(try compare("--run", "1", "--run", "2") == compare("--run", "1", "2"))
    // A run's train_loss was measured before the last update, a version's is that of its weights: headings tell them apart.
    #expect(
      try compare("--run", "1", "2").lines.contains("metrics (last)")
        && compare("1", "2").lines.contains("metrics that differ (1 more is equal)"))
  }

  static let refusals: [Refusal] = [
    Refusal("compare", code: 64, error: "compare needs two or more versions or runs.", hint: "registry compare 1 2"),
    Refusal("compare", "1", code: 64, error: "compare needs two or more versions or runs.", hint: "registry compare 1 2"),
    Refusal("compare", "1", "--run", "2", code: 64, error: "versions and --run exclude each other.", hint: "registry compare --help"),
    Refusal(
      "compare", "1", "9", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3).",
      hint: "registry list --db registry.db"),
    Refusal(
      "compare", "--run", "1", "9", code: 66, error: "no run 9 in registry.db (newest is 3).", hint: "registry list runs --db registry.db"),
  ]

  @Test("what can't be compared is refused", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: Shared.tutorial().program) }
}
