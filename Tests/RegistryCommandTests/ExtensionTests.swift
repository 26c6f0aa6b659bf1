import Foundation
import TestSupport
import Testing

/// The loadable extension, in the stock sqlite3 shell and in Python.
@Suite("the loadable extension")
struct ExtensionTests {
  /// It stands beside the program.
  private func path() throws -> String {
    URL(fileURLWithPath: try Program.path()).deletingLastPathComponent().appending(path: "libregistry_functions").path
  }

  private func shell(_ statements: String...) throws -> ProcessResult {
    try Shared.tutorial().program.command(["sqlite3", "-readonly", "registry.db", ".load \(path())"] + statements)
  }

  @Test("predicts in the sqlite3 shell as the program does")
  func predict() throws {
    let query = "SELECT predict(3, x0, x1), predict('latest', x), label FROM samples('blobs-seed42', 'test')"
    let result = try shell(query)
    #expect(result.status == 0 && result.stderr == "")
    let own = try Shared.tutorial().program("sql", query, "--format", "csv").lines.dropFirst()
    #expect(result.lines.count == 20)
    for (line, expected) in zip(result.lines, own) {
      let (numbers, wanted) = (line.split(separator: "|"), expected.split(separator: ","))
      #expect(abs((Double(numbers[0]) ?? .nan) - (Double(wanted[0]) ?? 0)) < 1e-14)
      #expect(numbers[0] == numbers[1] && numbers[2] == wanted[2])
    }
  }

  @Test("reads tensors, in a file that is no registry too")
  func tensors() throws {
    #expect(try shell("SELECT count(*) FROM state_dict, tensor_values(data, dtype) WHERE version = 3").stdout == "21\n")
    let other = try Program().command(
      ["sqlite3", ":memory:", ".load \(path())", "SELECT l2(x'0000404000008040'), distance(x'0000803f', x'00000040')"])
    #expect(other.stdout == "5.0|1.0\n")
  }

  @Test(
    "says what is wrong",
    arguments: [
      ("SELECT predict(3, 1)", "predict: neural-net/3 takes 2 features, not 1"),
      ("SELECT predict(9, 1, 1)", "no version 9 of 'neural-net'"),
      ("SELECT * FROM samples('x', 'test')", "no dataset 'x'"),
    ])
  func errors(sql: String, message: String) throws {
    let result = try shell(sql)
    #expect(result.status == 1)
    #expect(result.stderr.contains(message))
  }

  @Test("can't be called by a view, whatever the host trusts")
  func directOnly() throws {
    let result = try Program().command(
      ["sqlite3", ":memory:", ".load \(path())", "PRAGMA trusted_schema = 1; CREATE VIEW v AS SELECT l2(x'') AS a", "SELECT * FROM v"])
    #expect(result.status == 1 && result.stderr.contains("unsafe use of l2()"))
  }

  @Test("works in Python, where it can load extensions")
  func python() throws {
    let script = """
      import sqlite3, struct, sys
      connection = sqlite3.connect("registry.db")
      if not hasattr(connection, "enable_load_extension"):
          print("none")
          sys.exit()
      connection.enable_load_extension(True)
      connection.load_extension(sys.argv[1])
      print(connection.execute("SELECT distance(?, ?)", (struct.pack("<2f", 0, 0), struct.pack("<2f", 3, 4))).fetchone()[0])
      print(connection.execute("SELECT count(*) FROM samples('blobs-seed0', 'train') WHERE predict(1, x) > 0.5").fetchone()[0] > 30)
      connection.execute("INSERT INTO version_tags VALUES (1, 'by', 'python')")
      connection.commit()
      try:
          connection.execute("SELECT predict(1, 2)").fetchall()
      except sqlite3.OperationalError as error:
          print(error)
      """
    let program = try Program(copying: Shared.tutorial().program)
    let python = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") ? "/usr/bin/python3" : "python3"
    let result = try program.command([python, "-c", script, path()])
    #expect(result.stderr == "")
    #expect(["none\n", "5.0\nTrue\npredict: neural-net/1 takes 2 features, not 1\n"].contains(result.stdout))
  }
}
