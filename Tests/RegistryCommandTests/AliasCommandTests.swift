import Foundation
import TestSupport
import Testing

/// `registry alias`, on a copy of the tutorial's three versions.
struct AliasCommandTests {
  private let program: Program

  init() throws { program = try Program(copying: Shared.tutorial().program) }

  private func alias(_ arguments: String...) throws -> ProcessResult { try program(["alias"] + arguments) }

  @Test("set says where an alias points now and pointed before, and that it stands there already")
  func set() throws {
    #expect(try alias("set", "champion", "1").stdout == "neural-net@champion now points to neural-net/1\n")
    #expect(
      try alias("set", "champion", "latest").stdout == "neural-net@champion now points to neural-net/3, before to neural-net/1\n")
    #expect(try alias("set", "champion", "3").stdout == "neural-net@champion points to neural-net/3 already\n")
    let moved = try alias("set", "@champion", "neural-net/2", "--reason", "better", "--format", "json").json()
    #expect(moved == JSON.object(["model": "neural-net", "alias": "champion", "version": 2, "previous": 3, "moved": true]))
    #expect(
      try alias("set", "neural-net@challenger", "champion", "--format", "csv").stdout
        == "model,alias,version,previous,moved\nneural-net,challenger,2,\"\",1\n")
  }

  @Test(
    "whatever takes a version takes an alias",
    arguments: ["champion", "@champion", "neural-net@champion"], [[], ["--model", "neural-net"]])
  func everywhere(name: String, model: [String]) throws {
    #expect(try alias("set", "champion", "2").status == 0)
    #expect(try program(["show", name, "--format", "json"] + model).json().version == 2)
    let expected = try program("predict", "--version", "2", "-1", "1")
    #expect(try program(["predict", "--version", name] + model + ["-1", "1"]) == expected)
    #expect(try program(["evaluate", "--version", name, "--format", "json"] + model).status == 0)
    #expect(try program(["tag", name, "a=1"] + model).status == 0)
    #expect(try program(["train", "--from", name, "--epochs", "1", "--quiet"] + model).status == 0)
    #expect(try program("show", "4", "--format", "json").json().parent == "neural-net/2")
  }

  @Test("list and history show who moved what, when and why, as tables, JSON and CSV")
  func lists() throws {
    _ = try alias("set", "champion", "1")
    _ = try alias("set", "champion", "3", "--reason", "best on the test data")
    _ = try alias("rollback", "champion", "--reason", "worse on new data")
    let listed = try alias("list", "--format", "json").json().array
    #expect(listed.map(\.alias) == ["champion"] && listed.map(\.version) == [1] && listed.map(\.reason) == ["worse on new data"])
    #expect(listed.first?.keys == ["model", "alias", "version", "state", "since", "actor", "reason"])
    let history = try alias("history", "champion", "--format", "json").json().array
    #expect(history.map(\.version) == [1, 3, 1])
    #expect(history.map(\.undoes) == [2, .null, .null] && history.map(\.undone_by) == [.null, 3, .null])
    #expect(history.map(\.action) == ["set", "set", "set"])
    #expect(history[0].actor?.string?.contains("@") == true)
    #expect(try alias("history", "--format", "csv").lines.count == 4)
    let table = try alias("history").lines
    #expect(table.count == 4 && table[0].hasPrefix("event  model") && table[2].contains("best on the test data"))
    #expect(try program.command(["sqlite3", "registry.db", "DELETE FROM model_aliases"]).status == 0)
    #expect(try alias("history").lines[1].contains("(SQL)"))
    let none = try alias("list")
    #expect(none.status == 0 && none.stdout == "" && none.stderr == "No aliases in registry.db.\n")
  }

  @Test("list --at shows what stood then, from the times that the history shows")
  func past() throws {
    for version in ["1", "2", "3"] { _ = try alias("set", "champion", version) }
    let times = try alias("history", "--format", "json").json().array.compactMap { $0.at?.string }
    // Two moves may fall on one millisecond: then the later one counts.
    let expected = times.map { time in Double(3 - (times.firstIndex(of: time) ?? 0)) }
    for (time, version) in zip(times, expected) {
      #expect(try alias("list", "--at", time, "--format", "json").json().array.first?.version?.number == version)
    }
    let before = try alias("list", "--at", "2026-01-01 00:00")
    #expect(before.stdout == "" && before.stderr == "No aliases in registry.db at 2026-01-01T00:00:00.000Z.\n")
  }

  @Test("two processes that move an alias at once both succeed, and the history is a chain of moves")
  func atOnce() throws {
    let loop = "for i in 1 2 3 4 5; do for v in 1 2 3; do $registry alias set champion $v >/dev/null || echo failed; done; done"
    let result = try program.shell("(\(loop)) & (\(loop)) & (\(loop)); wait")
    #expect(result.stdout == "" && result.stderr == "")
    let moves = try alias("history", "--format", "json").json().array.map(\.version)
    #expect(zip(moves, moves.dropFirst()).allSatisfy { $0 != $1 })
    #expect(try alias("list", "--format", "json").json().array.map(\.version) == [moves[0]])
  }

  static let refusals: [Refusal] = [
    Refusal("alias", "set", "latest", "1", code: 64, error: "'latest' can't name an alias: latest is computed."),
    Refusal("alias", "set", "7", "1", code: 64, error: "'7' can't name an alias: a name is not all digits."),
    Refusal(
      "alias", "set", "champion", "9", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3).",
      hint: "registry list --db registry.db"),
    Refusal(
      "alias", "set", "a@champion", "neural-net/1", code: 64,
      error: "'a@champion' is an alias of 'a', and 'neural-net/1' is a version of 'neural-net'."),
    Refusal(
      "alias", "rollback", "champion", code: 66, error: "no alias 'champion' of 'neural-net' in registry.db (it has none).",
      hint: "registry alias list --db registry.db"),
    Refusal("alias", "remove", "a@b", "--model", "c", code: 64, error: "'a@b' is of another model than '--model c'."),
    Refusal(
      "alias", "list", "--at", "noon", code: 64, error: "'noon' isn't a valid time.",
      hint: "2026-03-01, 2026-03-01T12:00 or 2026-03-01T12:00:30.250Z; UTC"),
    Refusal(
      "show", "neural-net", code: 64, error: "'neural-net' is a model: say which of its versions.",
      hint: "neural-net@latest, or neural-net/1"),
    Refusal("alias", "list", "--db", "no.db", code: 66, error: "there is no registry 'no.db'."),
  ]

  @Test("what makes no sense is refused", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: program) }

  @Test("an alias that is almost there is named")
  func nearest() throws {
    _ = try alias("set", "champion", "1")
    try Refusal(
      "show", "champoin", code: 66, error: "no alias 'champoin' of 'neural-net' in registry.db (it has 'champion').",
      hint: "did you mean 'champion'? registry alias list --db registry.db"
    ).check(in: program)
  }

  @Test("a rollback to nowhere claims nothing of moves before it")
  func rollbackToNowhere() throws {
    _ = try alias("set", "champion", "1")
    _ = try alias("rollback", "champion")
    _ = try alias("set", "champion", "2")
    #expect(
      try alias("rollback", "champion").stdout == "neural-net@champion is removed, as it was before that move; it pointed to neural-net/2\n"
    )
  }

  @Test("a rollback has an end, and doesn't go where a version is deleted")
  func rollbackRefused() throws {
    _ = try alias("set", "champion", "1")
    _ = try alias("set", "champion", "2")
    #expect(try program("delete", "1").status == 0)
    try Refusal(
      "alias", "rollback", "champion", code: 66,
      error: "cannot roll 'neural-net@champion' back to 'neural-net/1' in registry.db: that version is deleted.",
      hint: "registry restore neural-net/1 --db registry.db"
    ).check(in: program)
    #expect(try program.shell("$registry restore neural-net/1 --db registry.db").status == 0)
    #expect(try alias("rollback", "champion").stdout == "neural-net@champion is back at neural-net/1, before it pointed to neural-net/2\n")
    #expect(
      try alias("rollback", "champion").stdout == "neural-net@champion is removed, as it was before that move; it pointed to neural-net/1\n"
    )
    try Refusal(
      "alias", "rollback", "champion", code: 66,
      error: "there is nothing to roll back: every move of 'neural-net@champion' in registry.db is taken back.",
      hint: "registry alias history neural-net@champion --db registry.db"
    ).check(in: program)
  }
}
