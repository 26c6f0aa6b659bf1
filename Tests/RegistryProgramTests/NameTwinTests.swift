import Foundation
import TestSupport
import Testing

/// One name in two spellings that Unicode calls equivalent, and Swift's `==` equal: as one scalar, and as a letter with an accent after it.
/// In SQLite, in files and in every command they are two.
@Suite("two names that differ only in their Unicode form stay two")
struct NameTwinTests {
  static let composed = "caf\u{e9}"
  static let decomposed = "cafe\u{301}"

  private var composed: String { Self.composed }
  private var decomposed: String { Self.decomposed }

  /// How often a text has these very bytes.
  private func count(_ name: String, in text: String) -> Int {
    let (name, text) = (Array(name.utf8), Array(text.utf8))
    return text.indices.dropLast(name.count - 1).count { text[$0..<$0 + name.count].elementsEqual(name) }
  }

  private func expectBoth(_ text: String, count expected: Int = 1, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(count(composed, in: text) == expected, "\(text)", sourceLocation: sourceLocation)
    #expect(count(decomposed, in: text) == expected, "\(text)", sourceLocation: sourceLocation)
  }

  @discardableResult
  private func succeed(_ program: Program, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    let result = try program(words)
    #expect(result.status == 0, "\(words): \(result.stderr)", sourceLocation: sourceLocation)
    return result.stdout
  }

  /// Two models of these names, with one version each, the second from another seed.
  private func models() throws -> Program {
    let program = try Program()
    try succeed(program, "train", "--epochs", "2", "--quiet", "--model", composed)
    try succeed(program, "train", "--epochs", "2", "--quiet", "--seed", "1", "--model", decomposed)
    return program
  }

  @Test("models: listed, shown, renamed, deleted and restored apart")
  func modelNames() throws {
    let program = try models()
    expectBoth(try succeed(program, "list", "models", "--format", "csv", "--columns", "model"))
    for (name, twin) in [(composed, decomposed), (decomposed, composed)] {
      let shown = try succeed(program, "show", "\(name)/1", "--format", "json")
      #expect(count(name, in: shown) > 0 && count(twin, in: shown) == 0)
      #expect(count(name, in: try succeed(program, "list", "--model", name, "--format", "csv", "--columns", "model,version")) == 1)
    }
    let deleted = try succeed(program, "delete", "\(composed)/1", "\(decomposed)/1", "--format", "json")
    expectBoth(deleted)
    #expect(try JSON(deleted).array.map(\.deleted) == [.bool(true), .bool(true)])
    let restored = try JSON(try succeed(program, "restore", "\(composed)/1", "\(decomposed)/1", "--format", "json"))
    #expect(restored.array.map(\.restored) == [.bool(true), .bool(true)])
    try succeed(program, "rename", composed, "tea")
    #expect(try program("show", "\(composed)/1").status == 66)
    try succeed(program, "rename", decomposed, composed)
    #expect(try program("show", "\(decomposed)/1").status == 66)
    #expect(try program("alias", "set", "champion", "\(composed)/1", "--model", decomposed).status != 0)
  }

  @Test("aliases: set, listed, followed and removed apart")
  func aliases() throws {
    let program = try Program(copying: Shared.tutorial().program)
    try succeed(program, "alias", "set", composed, "1")
    try succeed(program, "alias", "set", decomposed, "2")
    expectBoth(try succeed(program, "alias", "list", "--format", "csv"))
    #expect(try program("show", "@\(composed)", "--format", "json").json().version?.number == 1)
    #expect(try program("show", "@\(decomposed)", "--format", "json").json().version?.number == 2)
    #expect(try program("alias", "history", decomposed, "--format", "json").json().array.count == 1)
    try succeed(program, "alias", "remove", composed)
    let left = try succeed(program, "alias", "list", "--format", "csv")
    #expect(count(composed, in: left) == 0 && count(decomposed, in: left) == 1)
    #expect(try program("show", "@\(composed)").status == 66)
    #expect(try program("verify").status == 0)
  }

  @Test("tags: set, asked for, listed and removed apart")
  func tags() throws {
    let program = try Program(copying: Shared.tutorial().program)
    expectBoth(try succeed(program, "tag", "1", "\(composed)=1", "\(decomposed)=2", "--format", "json"))
    let columns = "version,tags.\(composed),tags.\(decomposed)"
    let listed = try succeed(program, "list", "--columns", columns, "--where", "tags.\"\(decomposed)\" = 2", "--format", "csv")
    expectBoth(listed)
    #expect(listed.split(separator: "\n").dropFirst() == ["1,1,2"])
    #expect(try succeed(program, "list", "--where", "tags.\"\(composed)\" = 2", "--format", "csv", "--columns", "version") == "version\n")
    let left = try succeed(program, "tag", "1", "--remove", decomposed, "--format", "json")
    #expect(count(composed, in: left) == 1 && count(decomposed, in: left) == 0)
    // A mark that follows the equals sign is the value's, not part of the sign.
    #expect(count("\"k\":\"\u{301}x\"", in: try succeed(program, "tag", "1", "k=\u{301}x", "--format", "json").filter { $0 != " " }) == 1)
  }

  /// A safetensors file with a tensor of one number under each spelling, and metadata under both.
  private func safetensors(_ first: Float, _ second: Float) -> Data {
    var header = "{\"__metadata__\":{\"\(composed)\":\"1\",\"\(decomposed)\":\"2\"}"
    for (index, name) in [composed, decomposed].enumerated() {
      header += ",\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(4 * index),\(4 * index + 4)]}"
    }
    header += "}"
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
    for number in [first, second] { data += withUnsafeBytes(of: number.bitPattern.littleEndian) { Data($0) } }
    return data
  }

  @Test("tensors and metadata of a file: imported, shown, compared, and exported in each format")
  func tensors() throws {
    let program = try Program()
    try safetensors(1, 2).write(to: program.folder.url.appending(path: "a.safetensors"))
    try safetensors(1, 5).write(to: program.folder.url.appending(path: "b.safetensors"))
    for file in ["a.safetensors", "b.safetensors"] { try succeed(program, "import", file) }
    expectBoth(try succeed(program, "tag", "1", "--format", "csv"))
    expectBoth(try succeed(program, "sql", "SELECT name FROM state_dict WHERE version = 1", "--format", "csv"))
    let compared = try succeed(program, "compare", "1", "2", "--format", "json")
    expectBoth(compared)
    #expect(try JSON(compared).tensors?.array.map(\.l2) == [.number(0), .number(3)])
    #expect(try JSON(compared).tensors?.array.map(\.status) == [.string("equal"), .string("changed")])
    expectBoth(try succeed(program, "compare", "1", "2", "--format", "csv"), count: 5)
    for file in ["c.pt", "c.safetensors"] {
      try succeed(program, "export", "2", "-o", file)
      try succeed(program, "import", file, "--model", "again")
    }
    let digests = try program(
      "sql", "SELECT DISTINCT state_dict_digest FROM model_versions WHERE version = 2 OR model_id = 2", "--format", "json")
    #expect(try digests.json().array.count == 1)
    #expect(try program("verify").status == 0)
  }

  @Test("datasets: added, shown and removed apart")
  func datasets() throws {
    let program = try Program()
    try program.folder.write("a.csv", "x,y\n1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n7,0\n8,1\n9,0\n10,1\n")
    try program.folder.write("b.csv", "x,y\n1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n7,0\n8,1\n9,1\n10,0\n")
    try succeed(program, "dataset", "add", "a.csv", "--target", "y", "--name", composed)
    try succeed(program, "dataset", "add", "b.csv", "--target", "y", "--name", decomposed)
    expectBoth(try succeed(program, "dataset", "list", "--format", "csv"))
    let digests = try [composed, decomposed].map { try program("dataset", "show", $0, "--format", "json").json().digest }
    #expect(digests[0] != digests[1])
    try succeed(program, "dataset", "remove", decomposed)
    #expect(try program("dataset", "show", decomposed).status == 66)
    try succeed(program, "train", "--dataset", composed, "--epochs", "2", "--quiet")
  }

  @Test("classes: train, evaluate, predict and compare agree on which is which")
  func classes() throws {
    let program = try Program()
    let file = Fixtures.path("cases/csv/nf_lab.csv")
    let trained = try JSON(try succeed(program, "train", "--csv", file, "--target", "y", "--epochs", "50", "--format", "json"))
    expectBoth(try succeed(program, "dataset", "show", "nf_lab", "--format", "json"))
    let accuracy = try #require(trained.accuracy?.number)
    #expect(try program("evaluate", "--version", "1", "--format", "json").json().accuracy?.number == accuracy)
    let rows = try JSON(try succeed(program, "predict", "--version", "1", "--format", "json")).array
    let labels = rows.map { row in Array((row.label?.string ?? "").utf8) }
    let right = zip(rows, labels).count { row, label in Array((row.y?.string ?? "").utf8) == label }
    #expect(rows.count == 8 && Double(right) / 8 == accuracy)
    // The whole file, in whose rows the classes stand by name.
    let all = try program("evaluate", "--version", "1", "--csv", file, "--format", "json").json()
    let whole = try JSON(try succeed(program, "predict", "--version", "1", "--csv", file, "--format", "json")).array
    let truth = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst().map {
      Array($0.utf8.split(separator: UInt8(ascii: ",")).last ?? [])
    }
    let hits = zip(whole, truth).count { row, name in Array((row.label?.string ?? "").utf8) == name }
    #expect(whole.count == 40 && all.accuracy?.number == Double(hits) / 40)
    try succeed(program, "train", "--csv", file, "--target", "y", "--epochs", "50", "--quiet", "--seed", "0")
    #expect(try program("compare", "1", "2", "--format", "json").json().agreement?.number == 1)
  }

  @Test("categories: a point, a row of a file and SQL give the answer of the category that was named")
  func categories() throws {
    let program = try Program()
    let file = Fixtures.path("cases/csv/nf_cat.csv")
    try succeed(program, "train", "--csv", file, "--target", "y", "--epochs", "200", "--learning-rate", "0.5", "--quiet")
    try program.folder.write("rows.csv", "a,c\n0.5,\(composed)\n0.5,\(decomposed)\n")
    let rows = try program("predict", "--version", "1", "--csv", "rows.csv", "--format", "json").json().array
    #expect(rows.count == 2 && rows[0].probability != rows[1].probability)
    for (row, name) in zip(rows, [composed, decomposed]) {
      let point = try program("predict", "--version", "1", "--point", "0.5,\(name)", "--format", "json").json().array
      #expect(point.map(\.probability) == [row.probability])
      let sql = try program("sql", "SELECT predict('1', 0.5, '\(name)') AS p", "--format", "json").json().array
      #expect(sql.map(\.p) == [row.probability])
    }
  }

  @Test("params and metrics: shown, compared and merged apart")
  func paramsAndMetrics() throws {
    let program = try Program(copying: Shared.tutorial().program)
    var script = ""
    for run in [4, 5] {
      script += """
        INSERT INTO runs (id, uuid, kind, model_id, status, ended_at)
        VALUES (\(run), '00000000-0000-4000-8000-00000000000\(run)', 'train', 1, 'failed', '2026-01-01T00:00:00.000Z');
        INSERT INTO params (run_id, key, value) VALUES (\(run), '\(composed)', \(run)), (\(run), '\(decomposed)', 7);
        INSERT INTO metrics (run_id, key, step, value, time)
        VALUES (\(run), '\(composed)', 0, 0.\(run), 0), (\(run), '\(decomposed)', 0, 0.25, 0);

        """
    }
    let made = try program.command(["sqlite3", "registry.db", script])
    #expect(made.status == 0 && made.stderr == "")
    for place in ["registry.db", "merged.db"] {
      if place == "merged.db" { try succeed(program, "merge", "registry.db", "--db", place) }
      let (first, second) = ("4", "5")
      expectBoth(try succeed(program, "show", "--run", first, "--format", "json", "--db", place), count: 5)
      let compared = try succeed(program, "compare", "--run", first, second, "--format", "json", "--db", place)
      // A param and a metric each, which stands wherever metrics do; of the params, one differs.
      #expect(count(decomposed, in: compared) >= 2 && count(composed, in: compared) == count(decomposed, in: compared) + 1)
      let columns = "run,params.\(composed),params.\(decomposed),metrics.\(composed),metrics.\(decomposed)"
      let listed = try succeed(program, "list", "runs", "--columns", columns, "--limit", "1", "--format", "csv", "--db", place)
      #expect(listed.split(separator: "\n").last == "5,5,7,0.5,0.25")
    }
    #expect(try program("verify", "--db", "merged.db").status == 0)
  }

  @Test("a merge brings in both, once, and a backup holds both")
  func merge() throws {
    let program = try models()
    try succeed(program, "alias", "set", "\(composed)@\(composed)", "1", "--model", composed)
    try succeed(program, "tag", "--model", composed, "\(composed)=theirs")
    try succeed(program, "tag", "--model", decomposed, "\(decomposed)=theirs")
    try succeed(program, "train", "--epochs", "2", "--quiet", "--model", composed, "--db", "ours.db")
    try succeed(program, "tag", "--model", composed, "\(decomposed)=ours", "--db", "ours.db")
    let merged = try JSON(try succeed(program, "merge", "registry.db", "--db", "ours.db", "--format", "json"))
    #expect(merged.versions?.array.count == 2 && merged.models?.array.count == 1)
    #expect(merged.tags?.number == 1 && merged.kept_tags?.array == [])
    let versions = try program(
      "sql", "SELECT model, version FROM leaderboard ORDER BY model, version", "--db", "ours.db", "--format", "csv")
    #expect(
      versions.lines.map { Array($0.utf8) }
        == ["model,version", "\(decomposed),1", "\(composed),1", "\(composed),2"].map { Array($0.utf8) })
    #expect(try program("merge", "registry.db", "--db", "ours.db", "--format", "json").json().merged == .bool(false))
    try succeed(program, "backup", "copy.db", "--db", "ours.db")
    #expect(try program("verify", "--db", "copy.db").status == 0)
  }
}
