import TestSupport
import Testing

/// Runs that other programs logged, in lists and in `show`.
struct AnyRunTests {
  private let program: Program

  /// Run 1 of xor in the experiment sweep, with odd names, NaN and negative steps; run 2 without a model or a metric; run 3 is a training.
  init() throws {
    program = try Program()
    try program.folder.write("plot.svg", "<svg/>")
    let first = """
      {"params": {"lr": 0.10, "opt": "adam", "nothing of\\nsense 😀\\"'": 7}}
      {"tags": {"team": "blue"}}
      {"note": "the first"}
      {"dataset": {"name": "mnist", "digest": "abc", "context": "train"}}
      {"step": -2, "val_loss": 0.9, "train_loss": 0.8, "odd \\"key'\\n😀": 1}
      {"step": 0, "val_loss": 0.2, "train_loss": 0.5, "acc": 0.7}
      {"step": 5, "val_loss": 0.4, "train_loss": 0.3, "nan": NaN}
      {"file": "plot.svg", "as": "plots/loss.svg"}
      {"version": true, "files": ["plot.svg"], "step": 5, "description": "halfway"}
      {"end": "finished"}
      """
    #expect(try program("log", "--model", "xor", "--experiment", "sweep", "--name", "one", input: first).status == 0)
    let second = """
      {"params": {"lr": 0.5}}
      {"end": "failed", "error": "out of memory", "exit_code": 3}
      """
    #expect(try program("log", "--experiment", "sweep", "--parent", "1", input: second).status == 0)
    #expect(try program("train", "--epochs", "3", "--quiet").status == 0)
  }

  private func runs(_ arguments: String...) throws -> [Int] {
    let result = try program(["list", "runs", "--format", "json"] + arguments)
    #expect(result.status == 0 && result.stderr == "", "\(arguments): \(result.stderr)")
    return try result.json().array.map { Int($0.run?.number ?? 0) }
  }

  @Test("a run without a model is listed, with its name, its experiment and its parent")
  func listed() throws {
    let rows = try program("list", "runs", "--format", "json").json().array
    #expect(rows.map { $0.run } == [3, 2, 1])
    #expect(rows[1].model == .null && rows[1].experiment == "sweep" && rows[1].status == "failed" && rows[1].exit_code == 3)
    #expect(rows[1].parent_run == 1 && rows[1].error == "out of memory")
    #expect(rows[2].name == "one" && rows[2].model == "xor" && rows[2].kind == "log" && rows[2].dataset == "mnist")
    #expect(rows[0].experiment == "neural-net" && rows[0].kind == "train")
    #expect(try program("list", "runs").stdout.contains("experiment"))
  }

  @Test("epochs are counted of trainings alone: the steps of a logged run may be anything")
  func epochsDone() throws {
    #expect(try program("log", input: "{\"train_loss\": 1, \"step\": 200}\n{\"end\": \"finished\"}\n").status == 0)
    let rows = try program("list", "runs", "--format", "json").json().array
    #expect(rows.map { $0.epochs_done } == [.null, 3, .null, .null])
    #expect(try runs("--where", "epochs_done > 0") == [3])
  }

  @Test("a key in double quotes as a whole is hinted at as it must be written")
  func quotedKey() throws {
    #expect(try program("log", input: "{\"metrics\": {\"val/acc\": 0.5}}\n{\"end\": \"finished\"}\n").status == 0)
    let result = try program("list", "runs", "--where", "\"metrics.val/acc\" > 0.4")
    #expect(result.stderr.contains("did you mean metrics.\"val/acc\"?"))
    #expect(try runs("--where", "metrics.\"val/acc\" > 0.4") == [4])
  }

  @Test("an accuracy that isn't from 0 to 1 is kept, and it is said that the column of the version stays empty")
  func accuracy() throws {
    try program.folder.write("a.bin", "a")
    let lines = "{\"version\": true, \"files\": [\"a.bin\"], \"metrics\": {\"accuracy\": 95.5}}\n{\"end\": \"finished\"}\n"
    let result = try program("log", "--model", "share", input: lines)
    #expect(
      result.status == 0
        && result.stderr
          == "line 1: accuracy 95.5 isn't from 0 to 1: it is kept as a metric, and the version's column accuracy stays empty\n"
    )
    #expect(try program("list", "--model", "share", "--format", "json").json().array.map { $0.accuracy } == [.null])
  }

  @Test("a note of the word list, add or remove is taken for a slip")
  func noteWords() throws {
    for (word, rest) in [("list", ""), ("add", " \"a text\""), ("remove", " \"\"")] {
      let error = "note has no subcommand '\(word)', and takes no note of this word alone."
      try Refusal("note", "--run", "1", word, code: 64, error: error, hint: "registry note --run 1\(rest)").check(in: program)
      try Refusal("note", "--model", "xor", word, code: 64, error: error, hint: "registry note --model xor\(rest)").check(in: program)
      try Refusal("note", "xor/1", word, code: 64, error: error, hint: "registry note xor/1\(rest)").check(in: program)
    }
    #expect(try program("note", "--run", "1", "list of what is left").status == 0)
  }

  @Test("experiments, params and metrics choose and order; NaN and what has no value come last")
  func chosen() throws {
    #expect(try runs("--experiment", "sweep") == [2, 1])
    #expect(try runs("--experiment", "neural-net") == [3])
    #expect(try runs("--where", "metrics.val_loss < 0.5 AND params.lr <= 0.1") == [1])
    #expect(try runs("--where", "metrics.val_loss IS NULL") == [3, 2])
    #expect(try runs("--where", "params.lr > 0 OR metrics.test_loss > 0", "--order-by", "params.lr DESC") == [2, 1, 3])
    #expect(try runs("--order-by", "metrics.train_loss") == [1, 3, 2])
    #expect(try runs("--order-by", "metrics.train_loss", "--limit", "1") == [1])
    #expect(try runs("--order-by", "metrics.train_loss", "--limit", "2", "--offset", "1") == [3, 2])
    #expect(try runs("--order-by", "metrics.train_loss DESC", "--limit", "1") == [3])
    #expect(try runs("--order-by", "metrics.nan, run", "--limit", "3") == [1, 2, 3])
    #expect(try runs("--where", "experiment = 'sweep' AND status = 'failed'") == [2])
    #expect(try runs("--model", "xor") == [1])
    let versions = try program("list", "--experiment", "sweep", "--format", "json").json().array
    #expect(versions.map { $0.model } == ["xor"])
  }

  @Test("columns by key, the odd ones too; a table shows what it is ordered by")
  func columns() throws {
    let key = #"metrics."odd ""key'"# + "\n😀\""
    let rows = try program("list", "runs", "--columns", "run,metrics.nan,params.lr," + key, "--format", "json").json().array
    #expect(rows[2]["metrics.nan"] == "NaN" && rows[2]["params.lr"] == 0.1 && rows[2]["metrics.odd \"key'\n😀"] == 1)
    #expect(rows[1]["metrics.nan"] == .null)
    let table = try program("list", "runs", "--order-by", "metrics.val_loss").lines
    #expect(table[0].hasSuffix("metrics.val_loss") && table[1].hasSuffix("0.4"), "\(table)")
    let narrow = try onTerminal(80, ["list", "runs", "--order-by", "metrics.val_loss"], environment: ["NO_COLOR": "1"], in: program)
    #expect(narrow.lines.allSatisfy { $0.count <= 80 } && narrow.lines[0].contains("metrics.val_loss"))
  }

  @Test("experiments are listed with their runs")
  func experiments() throws {
    let rows = try program("list", "experiments", "--format", "json").json().array
    #expect(rows.map { $0.experiment } == ["neural-net", "sweep", "Default"])
    #expect(rows.map { $0.runs } == [1, 2, 0] && rows.map { $0.newest_run } == [3, 2, .null])
    #expect(try program("list", "experiments", "--model", "xor", "--format", "json").json().array.map { $0.experiment } == ["sweep"])
  }

  static let refusals: [Refusal] = [
    Refusal(
      "list", "runs", "--experiment", "swep", code: 66,
      error: "experiment 'swep' in registry.db: there is none of this name (there is 'neural-net', 'sweep', 'Default').",
      hint: "did you mean 'sweep'? registry list experiments --db registry.db"),
    Refusal(
      "list", "models", "--experiment", "sweep", code: 64, error: "'--experiment sweep' is for runs and versions.",
      hint: "registry list runs --experiment sweep"),
    Refusal("list", "runs", "--order-by", "metrics.vall_loss", code: 64, error: "--order-by: no run has a metric 'vall_loss'."),
    Refusal("list", "experiments", "--where", "params.lr > 0", code: 64, error: "--where: experiments have no params."),
    Refusal("reproduce", "xor/1", code: 65, error: notTrained, hint: "registry show --run 1 --db registry.db"),
    Refusal("train", "--resume", "1", code: 65, error: notTrained, hint: "registry log --run 1 --db registry.db goes on with it"),
  ]
  private static let notTrained =
    "run 1 in registry.db: another program logged it: it was not trained here, so nothing says how to train it again."

  @Test("what makes no sense is refused", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: program) }
}
