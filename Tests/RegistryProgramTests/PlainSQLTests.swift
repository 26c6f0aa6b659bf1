import Foundation
import TestSupport
import Testing

/// The registry's views through the stock sqlite3 shell and Python's own sqlite3: SQL is a supported interface.
struct PlainSQLTests {
  private func sqlite(_ sql: String) throws -> ProcessResult {
    let result = try Shared.tutorial().program.command(["sqlite3", "-readonly", "registry.db", sql])
    #expect(result.status == 0 && result.stderr == "")
    return result
  }

  /// Runs a query through Python and gives its rows as JSON: numbers to the last digit, blobs as hexadecimal.
  private func python(_ sql: String, in program: Program) throws -> [[JSON]] {
    let script = """
      import json, sqlite3, sys
      connection = sqlite3.connect("file:registry.db?mode=ro", uri=True)
      print(json.dumps([[v.hex() if isinstance(v, bytes) else v for v in row] for row in connection.execute(sys.argv[1])]))
      """
    return try program.command(["python3", "-c", script, sql]).json().array.map(\.array)
  }

  private func python(_ sql: String) throws -> [[JSON]] { try python(sql, in: Shared.tutorial().program) }

  @Test("leaderboard: the best versions first, as list has them")
  func leaderboard() throws {
    let sql = "SELECT version, seed, test_loss, accuracy, hidden_size, learning_rate FROM leaderboard ORDER BY test_loss LIMIT 3"
    let listed = try Shared.tutorial().program("list", "--order-by", "test_loss", "--format", "json").json().array
    let keys = ["version", "seed", "test_loss", "accuracy", "hidden_size", "learning_rate"]
    #expect(try python(sql) == listed.map { row in try keys.map { try #require(row[$0]) } })
    let shell = try sqlite("SELECT version, seed FROM leaderboard ORDER BY test_loss LIMIT 3").lines
    #expect(shell == listed.map { "\(Int($0.version?.number ?? 0))|\(Int($0.seed?.number ?? -1))" })
  }

  @Test("epochs: exactly as many rows as epochs", arguments: [1, 2, 3])
  func epochs(run: Int) throws {
    #expect(
      try sqlite("SELECT count(*), min(epoch), max(epoch), count(train_loss) FROM epochs WHERE run = \(run)").stdout == "2000|0|1999|2000\n"
    )
    #expect(try sqlite("SELECT count(*) FROM epochs").stdout == "6000\n")
  }

  @Test("state_dict: little-endian, row-major bytes of the numbers that show prints")
  func stateDict() throws {
    let rows = try python("SELECT name, dtype, shape, data FROM state_dict WHERE model = 'neural-net' AND version = 3 ORDER BY position")
    let tensors = try Shared.tutorial().program("show", "3", "--format", "json").json().tensors?.array ?? []
    #expect(rows.count == 4 && tensors.count == 4)
    for (row, tensor) in zip(rows, tensors) {
      #expect(row[0] == tensor.name && row[1] == tensor.dtype)
      #expect(try JSON(row[2].string ?? "") == tensor.shape)
      let bytes = (tensor.values?.numbers ?? []).flatMap { withUnsafeBytes(of: Float($0).bitPattern.littleEndian, Array.init) }
      #expect(row[3].string == bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined())
    }
  }

  @Test("numpy.frombuffer reads a tensor; without NumPy, struct does")
  func numpy() throws {
    let script = """
      import json, sqlite3, struct
      connection = sqlite3.connect("file:registry.db?mode=ro", uri=True)
      shape, data = connection.execute("SELECT shape, data FROM state_dict WHERE version = 3 AND name = 'linear_1.weight'").fetchone()
      try:
          import numpy
          weight = numpy.frombuffer(data, dtype="<f4").reshape(json.loads(shape)).tolist()
      except ImportError:
          rows, columns = json.loads(shape)
          weight = [list(struct.unpack_from(f"<{columns}f", data, 4 * columns * row)) for row in range(rows)]
      print(json.dumps(weight))
      """
    let program = try Shared.tutorial().program
    #expect(
      try program.command(["python3", "-c", script]).json() == program("show", "3", "--format", "json").json().tensors?.array[0].values)
  }

  @Test("lineage: where each version comes from")
  func lineage() throws {
    let sql = "SELECT model, version, run, kind, dataset, parent_version IS NULL, depth, ancestors FROM lineage ORDER BY version"
    #expect(
      try sqlite(sql).lines == [
        "neural-net|1|1|train|blobs-seed0|1|0|[]", "neural-net|2|2|train|blobs-seed1|1|0|[]", "neural-net|3|3|train|blobs-seed42|1|0|[]",
      ])
  }

  @Test("alias_history: what raw SQL points an alias to is kept, without an actor, and the program follows it")
  func aliasHistory() throws {
    let program = try Program(copying: Shared.tutorial().program)
    func point(to version: Int) throws {
      let sql = """
        INSERT INTO model_aliases (model_id, alias, version_id) SELECT model_id, 'champion', id FROM model_versions WHERE version = \(version)
        ON CONFLICT (model_id, alias) DO UPDATE SET version_id = excluded.version_id
        """
      let result = try program.command(["sqlite3", "registry.db", sql])
      #expect(result.status == 0 && result.stderr == "")
    }
    for version in [1, 3] { try point(to: version) }
    let history = try python("SELECT model, alias, action, version, actor, reason FROM alias_history ORDER BY event", in: program)
    #expect(
      history == [1, 3].map { [.string("neural-net"), .string("champion"), .string("set"), .number($0), .null, .null] })
    #expect(
      try program("list", "--format", "json").json().array.map { $0.aliases } == [.array([.string("champion")]), .array([]), .array([])])
    #expect(try program("show", "@champion", "--format", "json").json().version == .number(3))
    let champion = try program("predict", "--version", "neural-net@champion", "-1", "1", "--format", "json")
    #expect(try champion.stdout == program("predict", "--version", "3", "-1", "1", "--format", "json").stdout)
  }

  @Test(
    "what is stored can't be changed through the stock shell",
    arguments: [
      "UPDATE model_versions SET test_loss = 0", "DELETE FROM model_versions", "UPDATE metrics SET value = 0", "DELETE FROM tensors",
      "UPDATE tensors SET data = zeroblob(length(data))", "UPDATE params SET value = 1", "DELETE FROM datasets",
      "INSERT OR REPLACE INTO params (run_id, key, value) VALUES (1, 'seed', 9)",
    ])
  func immutable(sql: String) throws {
    let program = try Program(copying: Shared.tutorial().program)
    let shown = try program("show", "1", "--format", "json")
    let result = try program.command(["sqlite3", "registry.db", "PRAGMA foreign_keys=OFF; \(sql)"])
    #expect(result.status != 0)
    #expect(try program("show", "1", "--format", "json") == shown)
  }
}
