import TestSupport
import Testing

/// Experiments: deleted and restored with their runs, renamed, tagged and noted.
struct ExperimentCommandTests {
  private let program: Program

  init() throws {
    program = try Program()
    #expect(try program("log", "--experiment", "sweep", input: "{\"step\": 0, \"loss\": 1}\n{\"end\": \"finished\"}\n").status == 0)
    #expect(try program("train", "--epochs", "2", "--quiet", "--experiment", "sweep").status == 0)
    #expect(try program("train", "--epochs", "2", "--quiet", "--seed", "1").status == 0)
  }

  private func runs(_ arguments: String...) throws -> [Int] {
    try program(["list", "runs", "--format", "json"] + arguments).json().array.map { Int($0.run?.number ?? 0) }
  }

  @Test("training and import take an experiment")
  func chosen() throws {
    #expect(try runs("--experiment", "sweep") == [2, 1] && runs("--experiment", "neural-net") == [3])
    #expect(try program("export", "1", "-o", "m.pt").status == 0)
    #expect(try program("import", "m.pt", "--experiment", "foreign 😀").status == 0)
    #expect(try program("show", "latest", "--format", "json").json().run == 4 && runs("--experiment", "foreign 😀") == [4])
    let long = String(repeating: "x", count: 501)
    let refusal = Refusal(
      "train", "--experiment", long, code: 64, error: "'\(long)' can't name an experiment: a name has 1 to 500 characters.")
    try refusal.check(in: program)
  }

  @Test("one with a live version stays, and says which; without, it goes with its runs and comes back with those that went with it")
  func deleted() throws {
    try Refusal(
      "delete", "--experiment", "sweep", code: 65, error: "experiment 'sweep' in registry.db: run 2 of it has the version neural-net/1.",
      hint: "registry delete neural-net/1 --db registry.db"
    ).check(in: program)
    #expect(try program("delete", "1", "--run", "2").status == 0)
    #expect(try program("delete", "--experiment", "sweep").stdout == "Deleted experiment sweep\n")
    #expect(try runs() == [3] && runs("--all") == [3, 2, 1])
    #expect(try program("list", "experiments", "--format", "json").json().array.map { $0.experiment } == ["neural-net", "Default"])
    #expect(try program("list", "experiments", "--all", "--format", "json").json().array.count == 3)
    let again = try program("delete", "--experiment", "sweep", "--format", "json").json()
    #expect(again == [["experiment": "sweep", "deleted": false]])
    #expect(try program("log", "--experiment", "sweep", input: "").errorLine == "Error: experiment 'sweep' in registry.db: it is deleted.")
    #expect(try program("restore", "--experiment", "sweep").stdout == "Restored experiment sweep\n")
    // Run 2 was deleted before.
    #expect(try runs() == [3, 1])
    #expect(try program("delete", "--experiment", "sweep").status == 0)
    #expect(try program("restore", "1").stdout == "Restored run 2\nRestored neural-net/1\n")
    #expect(try runs("--experiment", "sweep") == [2], "a run brings its experiment back")
  }

  @Test("is renamed, tagged and noted")
  func named() throws {
    #expect(try program("rename", "--experiment", "sweep", "rates").stdout == "Renamed sweep to rates\n")
    #expect(try runs("--experiment", "rates") == [2, 1])
    #expect(try program("tag", "--experiment", "rates", "owner=ann").stdout == "experiment rates\n  owner  ann\n")
    #expect(try program("note", "--experiment", "rates", "0.03 is enough").stdout == "Noted on experiment rates\n")
    let found = try program("list", "experiments", "--where", "tags.owner = 'ann'", "--format", "json").json().array
    #expect(found.map { $0.note } == ["0.03 is enough"])
  }

  static let refusals: [Refusal] = [
    Refusal(
      "delete", "--experiment", "Default", code: 65,
      error: "experiment 'Default' in registry.db: it is the experiment of runs that name none: it can't be deleted."),
    Refusal(
      "rename", "--experiment", "sweep", "neural-net", code: 65,
      error: "experiment 'neural-net' in registry.db: there is one of this name already.",
      hint: "registry list experiments --db registry.db"),
    Refusal("rename", "--experiment", "sweep", code: 64, error: "rename needs a new name for the experiment 'sweep'."),
    Refusal("rename", "a", "b", "c", code: 64, error: "'c' is one argument too many.", hint: "registry rename --help"),
    Refusal("tag", "--run", "1", "--experiment", "sweep", "a=1", code: 64, error: "'--run 1' and '--experiment sweep' exclude each other."),
    Refusal("note", "--run", "1", "--experiment", "sweep", "x", code: 64, error: "'--run 1' and '--experiment sweep' exclude each other."),
    Refusal(
      "restore", "--experiment", "x", code: 66,
      error: "experiment 'x' in registry.db: there is none of this name (there is 'neural-net', 'sweep', 'Default')."),
    Refusal("delete", "--experiment", "sweep", "--model", "x", code: 64, error: "'--model x' is for versions, not for experiments."),
  ]

  @Test("what makes no sense is refused", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: program) }
}
