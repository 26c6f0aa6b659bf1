import TestSupport
import Testing

@Suite("sql")
struct SQLCommandTests {
  private func sql(_ arguments: String..., input: String? = nil) throws -> ProcessResult {
    try Shared.tutorial().program(["sql"] + arguments, input: input)
  }

  @Test("predicts over a dataset as evaluate does")
  func predictions() throws {
    let accuracy = try sql(
      "SELECT avg((predict(3, x0, x1) >= 0.5) = (y IN (2, 3))) AS accuracy FROM samples('blobs-seed42', 'test')", "--format", "csv")
    let evaluated = try Shared.tutorial().program("evaluate", "--version", "3", "--format", "json").json()
    #expect(Double(accuracy.lines[1]) == evaluated.accuracy?.number)
    let one = try sql("SELECT predict('latest', -1, 1)", "--format", "csv")
    let predicted = try Shared.tutorial().program("predict", "--version", "3", "-1", "1", "--format", "json").json().array[0]
    #expect(Double(one.lines[1]) == predicted.probability?.number)
  }

  @Test("prints a table, JSON or CSV, from an argument or standard input")
  func formats() throws {
    let query = "SELECT 1 AS a, 'x' AS b, NULL AS c, x'00ff' AS d, 0.5 AS d UNION ALL SELECT 20, 'yy', 1, NULL, 1e300"
    #expect(try sql(query).stdout == " a  b   c  d           d_2\n 1  x   -  2 bytes     0.5\n20  yy  1  -        1e+300\n")
    let csv = try sql("-", "--format", "csv", input: query)
    #expect(csv.stdout == "a,b,c,d,d_2\n1,x,\"\",00ff,0.5\n20,yy,1,\"\",1e+300\n")
    let json = try sql("-", "--format", "json", input: query + ";\n-- the end\n").json().array
    #expect(json[0] == .object(["a": .number(1), "b": .string("x"), "c": .null, "d": .string("00ff"), "d_2": .number(0.5)]))
    let none = try sql("SELECT 1 AS a WHERE 0")
    #expect(none.stdout == "a\n" && none.stderr == "(no rows)\n")
    for (format, text) in [("json", "[]\n"), ("csv", "a\n")] {
      let result = try sql("SELECT 1 AS a WHERE 0", "--format", format)
      #expect(result.stdout == text && result.stderr == "")
    }
  }

  @Test("a table of samples leaves out the features that the dataset hasn't, unless they are asked for by name")
  func features() throws {
    let query = "SELECT * FROM samples('blobs-seed0', 'test')"
    let table = try sql(query)
    #expect(table.lines[0].split(separator: " ") == ["row", "y", "label", "x", "x0", "x1"] && table.lines.count == 21)
    #expect(table.stderr == "(not shown, NULL in every row: x2 to x63; --format csv shows them)\n")
    let csv = try sql(query, "--format", "csv")
    #expect(csv.lines[0].hasSuffix(",x0,x1,x2,\((3...63).map { "x\($0)" }.joined(separator: ","))") && csv.stderr == "")
    let named = try sql("SELECT x0, x1, x2 FROM samples('blobs-seed0', 'test')")
    #expect(named.lines[0].split(separator: " ") == ["x0", "x1", "x2"] && named.stderr == "")
  }

  @Test("gives a thousand rows and says so in every format, or as many as asked for")
  func limits() throws {
    let said = "(only the first 1000 rows; --limit 0 gives all)\n"
    let cut = try sql("SELECT epoch FROM epochs", "--format", "csv")
    #expect(cut.lines.count == 1001 && cut.stderr == said)
    let json = try sql("SELECT epoch FROM epochs", "--format", "json")
    #expect(try json.json().array.count == 1000 && json.stderr == said)
    let table = try sql("SELECT epoch FROM epochs")
    #expect(table.lines.count == 1001 && table.stderr == said)
    let all = try sql("SELECT epoch FROM epochs", "--format", "csv", "--limit", "0")
    #expect(all.lines.count == 6001 && all.stderr == "")
    #expect(try sql("VALUES (1), (2)", "--limit", "2").stderr == "")
  }

  static let refusals: [Refusal] = [
    Refusal(
      "sql", "DELETE FROM tags", code: 64, error: "sql only reads: DELETE is refused.",
      hint: "registry --help lists the commands that write"),
    Refusal("sql", "ATTACH 'other.db' AS o", code: 64, error: "sql only reads: ATTACH is refused."),
    Refusal("sql", "VACUUM INTO 'copy.db'", code: 64, error: "sql only reads: a statement that gives no rows is refused."),
    Refusal("sql", "SELECT 1; SELECT 2", code: 64, error: "there is more than one statement; sql runs one.", hint: "registry sql --help"),
    Refusal("sql", "", code: 64, error: "there is no statement to run."),
    Refusal("sql", "SELEC 1", code: 64, error: "near \"SELEC\": syntax error."),
    Refusal("sql", "SELECT * FROM leaderbord", code: 64, error: "no such table: leaderbord.", hint: "did you mean leaderboard?"),
    Refusal(
      "sql", "SELECT * FROM leaderboard WHERE model = \"cancer\"", code: 64, error: "no such column: cancer.",
      hint: "texts stand in single quotes: 'cancer'"),
    Refusal("sql", "SELECT load_extension('x')", code: 64, error: "not authorized to use function: load_extension."),
    Refusal("sql", "SELECT predict(1, 2)", code: 65, error: "the query failed: predict: neural-net/1 takes 2 features, not 1."),
    Refusal(
      "sql", "SELECT predict(9, 1, 2)", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3).",
      hint: "registry list --db registry.db"),
    Refusal("sql", "SELECT 1", "--limit", "-1", code: 64, error: "'--limit -1': it has to be 0 or more."),
    Refusal("sql", "SELECT 1", "--timeout", "0", code: 64, error: "'--timeout 0.0': it has to be more than 0."),
    Refusal(
      "sql", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", "--timeout", "0.1", code: 1,
      error: "the query was given up after 0.1 s.", hint: "a higher --timeout, or a LIMIT in the query"),
  ]

  @Test("refuses what doesn't read, what isn't SQL, and what doesn't end", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: Program(copying: Shared.tutorial().program)) }
}
