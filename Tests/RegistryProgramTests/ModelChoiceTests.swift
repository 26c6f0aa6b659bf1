import Foundation
import TestSupport
import Testing

/// A version or an alias that is named without its model.
@Suite("a name without a model")
struct ModelChoiceTests {
  /// `neural-net/1`, `xor/1`, `xor/2` (champion), `iris/1` (best).
  private static let several = Result {
    let program = try Program()
    for model in ["neural-net", "xor", "xor", "iris"] { try train(program, model) }
    #expect(try program("alias", "set", "champion", "xor/2").status == 0)
    #expect(try program("alias", "set", "iris@best", "1").status == 0)
    return program
  }

  private static func train(_ program: Program, _ model: String) throws {
    #expect(try program("train", "--epochs", "1", "--model", model, "--quiet").status == 0)
  }

  @Test(
    "is the one that has it",
    arguments: [
      ("2", "xor"), ("champion", "xor"), ("@champion", "xor"), ("best", "iris"), ("xor/1", "xor"), ("iris@best", "iris"),
      ("xor@latest", "xor"),
    ])
  func one(name: String, model: String) throws {
    let program = try Self.several.get()
    #expect(try program("show", name, "--format", "json").json().model == .string(model))
    #expect(try program("predict", "--version", name, "-1", "1").status == 0)
    #expect(try program("compare", name, "\(model)/1").status == 0)
    #expect(try program("export", name, "-o", "-", "--as", "json").json().model == .string(model))
    #expect(try program("sql", "SELECT predict('\(name)', -1, 1) > 0 AS p", "--format", "csv").stdout == "p\n1\n")
  }

  @Test("is the only one of the file", arguments: ["1", "latest"])
  func only(name: String) throws {
    let program = try Program()
    try Self.train(program, "xor")
    #expect(try program("show", name, "--format", "json").json().model == .string("xor"))
    #expect(try program("show", "9").errorLine == "Error: no version 9 of 'xor' in registry.db (newest is 1).")
    #expect(try program("alias", "set", "champion", name).stdout == "xor@champion now points to xor/1\n")
    #expect(try program("predict", "-1", "1").status == 0)
  }

  static let refusals = [
    Refusal(
      "show", "1", code: 64, error: "'1' may be a version of several models in registry.db: 'iris', 'xor', 'neural-net'.",
      hint: "say iris/1, or add --model iris"),
    Refusal(
      "predict", "-1", "1", code: 64, error: "'latest' may be a version of several models in registry.db: 'iris', 'xor', 'neural-net'.",
      hint: "say iris/latest, or add --model iris"),
    Refusal("delete", "1", code: 64, error: "'1' may be a version of several models in registry.db: 'iris', 'xor', 'neural-net'."),
    Refusal("tag", "latest", code: 64, error: "'latest' may be a version of several models in registry.db: 'iris', 'xor', 'neural-net'."),
    Refusal("note", "1", code: 64, error: "'1' may be a version of several models in registry.db: 'iris', 'xor', 'neural-net'."),
    Refusal("train", "--from", "1", code: 64, error: "'1' may be a version of several models in registry.db: 'iris', 'xor', 'neural-net'."),
    Refusal(
      "alias", "set", "new", "1", code: 64, error: "'1' may be a version of several models in registry.db: 'iris', 'xor', 'neural-net'."),
    Refusal(
      "show", "7", code: 66, error: "no model in registry.db has a version 7 (there is 'iris', 'xor', 'neural-net').",
      hint: "registry list --db registry.db"),
    Refusal(
      "alias", "remove", "nobody", code: 66,
      error: "no model in registry.db has an alias 'nobody' (there is 'iris', 'xor', 'neural-net')."),
    Refusal(
      "sql", "SELECT predict(7, -1, 1)", code: 66,
      error: "no model in registry.db has a version 7 (there is 'iris', 'xor', 'neural-net')."),
    Refusal("show", "xor", code: 64, error: "'xor' is a model: say which of its versions.", hint: "xor@latest, or xor/1"),
    Refusal("delete", "iris", code: 64, error: "'iris' is a model: say which of its versions."),
    Refusal("train", "--from", "xor", code: 64, error: "'xor' is a model: say which of its versions."),
  ]

  @Test("that several have, or none, is refused with the models named", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: Self.several.get()) }

  @Test("is of the usual model in a query, where that has it: queries are kept")
  func query() throws {
    func predict(_ version: String) throws -> String? {
      try Self.several.get()("sql", "SELECT predict(\(version), -1, 1)", "--format", "csv").lines.last
    }
    #expect(try predict("1") == predict("'neural-net/1'"))
    #expect(try predict("2") == predict("'xor/2'"))
  }

  @Test("is of --model, else of $REGISTRY_MODEL, unless it names another itself")
  func environment() throws {
    let program = try Program(copying: Self.several.get())
    let chosen = ["REGISTRY_MODEL": "xor"]
    func model(_ arguments: String...) throws -> String? {
      try program(arguments + ["--format", "json"], environment: chosen).json().model?.string
    }
    #expect(try model("show", "1") == "xor")
    #expect(try model("show", "latest") == "xor")
    #expect(try model("show", "1", "--model", "iris") == "iris")
    #expect(try model("show", "iris@best") == "iris")
    #expect(try model("train", "--epochs", "1") == "xor")
    #expect(try model("train", "--epochs", "1", "--model", "iris") == "iris")
    #expect(try model("train", "--epochs", "1", "--from", "1") == "xor")
    #expect(try model("alias", "set", "oldest", "1") == "xor")
    #expect(try program("list", "--format", "json", environment: chosen).json().array.count == 7, "a list leaves nothing out for it")
    #expect(try program("show", "1", environment: ["REGISTRY_MODEL": "none"]).status == 66)
    #expect(try program("show", "4", "--format", "json", environment: ["REGISTRY_MODEL": ""]).json().model == .string("xor"))
    for command in [["train"], ["show"], ["predict"], ["import"], ["alias", "set"]] {
      #expect(try program(command + ["--help"]).stdout.contains("$REGISTRY_MODEL"))
    }
  }

  @Test("finds its alias by the history, too")
  func history() throws {
    let program = try Program(copying: Self.several.get())
    #expect(try program("alias", "remove", "champion").stdout == "xor@champion is removed, it pointed to xor/2\n")
    #expect(try program("alias", "history", "champion", "--format", "json").json().array.map(\.model) == [.string("xor"), .string("xor")])
    #expect(try program("alias", "rollback", "champion").status == 0)
    #expect(try program("alias", "set", "iris@champion", "1").status == 0)
    #expect(
      try program("alias", "remove", "champion").errorLine
        == "Error: 'champion' may be a version of several models in registry.db: 'iris', 'xor'.")
  }

  @Test("that is deleted is found where it is to be restored")
  func restored() throws {
    let program = try Program(copying: Self.several.get())
    #expect(try program("delete", "iris/1").status == 65)
    #expect(try program("alias", "remove", "best").status == 0)
    #expect(try program("delete", "iris/1").status == 0)
    #expect(try program("restore", "1").stdout.contains("Restored iris/1"))
  }
}

/// Versions and runs by ranges of their numbers.
@Suite("a range")
struct RangeTests {
  private static let trained = Result {
    let program = try Program()
    for seed in 1...5 { #expect(try program("train", "--epochs", "1", "--seed", "\(seed)", "--model", "xor", "--quiet").status == 0) }
    return program
  }

  @Test(
    "deletes every version in it",
    arguments: [(["2-4"], [1, 5]), (["xor/2-4"], [1, 5]), (["1", "3-5"], [2]), (["1-2", "2-3"], [4, 5]), (["3-3"], [1, 2, 4, 5])])
  func versions(names: [String], left: [Double]) throws {
    let program = try Program(copying: Self.trained.get())
    #expect(try program(["delete"] + names).status == 0)
    #expect(try program("list", "--order-by", "version", "--format", "json").json().array.map { $0.version?.number } == left)
    #expect(try program(["restore"] + names).status == 0)
    #expect(try program("list", "--format", "json").json().array.count == 5)
  }

  @Test("deletes every run in it")
  func runs() throws {
    let program = try Program(copying: Self.trained.get())
    let result = try program("delete", "1-3", "--run", "1-2", "3", "--format", "json")
    #expect(try result.json().array.map { $0.run?.number ?? 0 } == [0, 0, 0, 1, 2, 3])
    #expect(try program("list", "runs", "--format", "json").json().array.map { $0.run?.number } == [5, 4])
  }

  static let refusals = [
    Refusal("delete", "4-9", code: 66, error: "no version 6 of 'xor' in registry.db (newest is 5)."),
    Refusal("delete", "--run", "1-2", code: 65, error: "cannot delete run 1 in registry.db: it has the version xor/1."),
    Refusal("delete", "1", "--run", "4-9", code: 65, error: "cannot delete run 4 in registry.db: it has the version xor/4."),
    Refusal("delete", "4-2", code: 64, error: "the range '4-2' counts down.", hint: "registry delete 2-4"),
    Refusal("restore", "xor/4-2", code: 64, error: "the range 'xor/4-2' counts down.", hint: "registry restore xor/2-4"),
    Refusal("delete", "4-", code: 64, error: "the range '4-' has no end.", hint: "registry delete 4-8"),
    Refusal("delete", "0-2", code: 64, error: "the range '0-2' begins with 0, and numbers begin with 1.", hint: "registry delete 1-2"),
    Refusal(
      "delete", "1-99999999", code: 64, error: "the range '1-99999999' has more than 1000000 numbers.", hint: "registry delete 1-1000000"),
    Refusal("delete", "1-99999999999999999999", code: 64, error: "the range '1-99999999999999999999' has a number that is too large."),
    Refusal("delete", "1-2-3", code: 64, error: "'1-2-3' names no version."),
    Refusal("delete", "iris/1-2", code: 66, error: "no model 'iris' in registry.db (there is 'xor')."),
    Refusal("delete", "xor/1-2", "--model", "iris", code: 64, error: "'xor/1' is of another model than '--model iris'."),
    Refusal("delete", "--run", "x", code: 64, error: "'x' isn't the number of a run.", hint: "--run 7, or --run 5-9"),
    Refusal("delete", "--run", "2-1", code: 64, error: "the range '2-1' counts down.", hint: "--run 1-2"),
    Refusal("delete", "--run", "5-", code: 64, error: "the range '5-' has no end.", hint: "--run 5-9"),
  ]

  @Test("deletes all or nothing", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: Program(copying: Self.trained.get())) }
}
