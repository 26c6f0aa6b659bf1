import Foundation
import TestSupport
import Testing

/// What `registry run` records of a command.
struct RunCommandTests {
  private func rows(_ program: Program, _ query: String) throws -> [String] {
    try program.command(["sqlite3", "registry.db", query]).lines
  }

  @Test("a run has the params, tags, note, name, experiment, user and source of the command")
  func described() throws {
    let program = try Program()
    let result = try program(
      "run", "--name", "first", "--experiment", "sweep", "--tag", "team=a", "--note", "a try", "--param", "lr=0.5", "--param", "extra=1",
      "--",
      "sh", "-c", "true", "x", "--lr", "0.10", "--decay", "0.10")
    #expect(result.status == 0 && result.stdout == "")
    #expect(result.stderr.hasPrefix("Run 1: finished after ") && result.stderr.contains(" s, no metrics, 0 files\n"), "\(result.stderr)")
    let query = """
      SELECT name, user IS NOT NULL, source, model_id IS NULL, (SELECT name FROM experiments WHERE id = experiment_id) FROM runs;
      SELECT key, coalesce(text, value), typeof(value) FROM params ORDER BY key; SELECT key, value FROM tags
      """
    #expect(
      try rows(program, query) == [
        "first|1|sh -c true x --lr 0.10 --decay 0.10|1|sweep", "decay|0.10|real", "extra|1|integer", "lr|0.5|real", "team|a",
      ])
  }

  @Test("metrics come from the output, by the default patterns and by given ones")
  func metrics() throws {
    let program = try Program()
    let script = "echo 'Epoch 1/2 - loss: 0.5 - took 3 s'; echo 'at 2 we have 0.25' >&2; printf '\\repoch 2 loss 0.9\\repoch 2 loss 0.125'"
    for options in [
      [], ["--pattern", "at {step} we have {x}"], ["--pattern", "at {epoch} we have {x}", "--default-patterns"], ["--no-patterns"],
    ] {
      #expect(try program(["run", "--quiet"] + options + ["--", "sh", "-c", script]).status == 0)
    }
    #expect(
      try rows(program, "SELECT run_id, key, step, value FROM metrics ORDER BY run_id, key, step") == [
        "1|loss|1|0.5", "1|loss|2|0.125", "2|x|2|0.25", "3|loss|1|0.5", "3|loss|2|0.125", "3|x|2|0.25",
      ])
  }

  @Test("files of a command that printed nothing bring no word on patterns")
  func silent() throws {
    let program = try Program()
    let hint = "hint: --pattern"
    #expect(try !program("run", "--artifact", "a.txt", "--", "touch", "a.txt").stderr.contains(hint))
    #expect(try program("run", "--", "echo", "hi").stderr.contains(hint))
  }

  @Test(
    "what makes no sense is refused before anything is started",
    arguments: [
      (["--pattern", "loss"], "'--pattern loss': it names no number."),
      (["--pattern", "{x} {x}"], "'--pattern {x} {x}': '{x}' stands in it twice."),
      (["--pattern", "at {step}", "--pattern", "{epoch}"], "'--pattern at {step}': it has a step, and no pattern has a metric."),
      (["--pattern", "{x}", "--no-patterns"], "'--no-patterns' and '--pattern {x}' exclude each other."),
      (["--alias", "champion"], "'--alias champion' is for the version of '--weights'."),
      (["--param", "x"], "'--param x': it is KEY=VALUE."),
      (["--tag", "=x"], "'--tag =x': it is KEY=VALUE."), (["--model", "a/b"], "'a/b' can't name a model"),
    ] as [([String], String)])
  func refused(options: [String], message: String) throws {
    let program = try Program()
    let result = try program(["run"] + options + ["--", "touch", "started"])
    #expect(result.status == 64 && result.stdout == "" && result.stderr.hasPrefix("Error: \(message)"), "\(result.stderr)")
    #expect(try program.files().isEmpty)
  }

  @Test("without a command there is a hint")
  func noCommand() throws {
    let program = try Program()
    for arguments in [["run"], ["run", "--quiet"], ["run", "--"]] {
      let result = try program(arguments)
      #expect(result.status == 64 && result.stderr.hasPrefix("Error: run needs a command behind '--'.\n  hint: registry run -- "))
    }
  }

  @Test(
    "a command without the two dashes before it is answered with the same that has them",
    arguments: [
      (["python", "x.py"], "-- python x.py"), (["python", "x.py", "--lr", "0.1"], "-- python x.py --lr 0.1"),
      (["--model", "xor", "--quiet", "--tag=a=b", "sh", "-c", "echo x"], "--model xor --quiet --tag=a=b -- sh -c 'echo x'"),
      (["python", "--", "x.py"], "-- python -- x.py"),
    ])
  func separator(arguments: [String], hint: String) throws {
    let program = try Program()
    try Refusal(arguments: ["run"] + arguments, code: 64, error: "the command comes after '--'.", hint: "registry run \(hint)").check(
      in: program)
    // What is wrong before it is said first.
    try Refusal(arguments: ["run", "--modle", "xor", "python"], code: 64, error: "unknown option '--modle'. Did you mean '--model'?").check(
      in: program)
  }

  @Test("files that match are artifacts, folders with all that is in them; the registry itself isn't")
  func artifacts() throws {
    let program = try Program()
    let script =
      "mkdir -p plots/deep/er out; echo 1 >plots/a.png; echo 2 >plots/deep/er/b.png; echo 3 >plots/c.txt; echo 4 >out/x; echo 5 >.hidden"
    let result = try program(
      "run", "--artifact", "plots/**/*.png", "--artifact", "out", "--artifact", "*", "--artifact", "none*", "--", "sh", "-c", script)
    #expect(result.status == 0)
    #expect(result.stderr.hasPrefix("Warning: '--artifact none*' matches no file.\n"), "\(result.stderr)")
    #expect(
      try rows(program, "SELECT path FROM run_files ORDER BY path") == [
        "out/x", "plots/a.png", "plots/c.txt", "plots/deep/er/b.png",
      ])
  }

  @Test("weights that the command wrote are a version with the last metrics; those that it didn't write are none")
  func weights() throws {
    let program = try Program()
    let file = ImportCommandTests.fixture("neural_net.pt")
    let script = "echo epoch 1 train_loss: 0.5; echo epoch 2 train_loss: 0.25 test_loss: 0.125; cp \"$0\" model.pt"
    let result = try program("run", "--model", "xor", "--weights", "model.pt", "--alias", "champion", "--", "sh", "-c", script, file)
    #expect(result.status == 0 && result.stderr.contains(", xor/1\n"), "\(result.stderr)")
    let version = try program("show", "xor@champion", "--format", "json").json()
    #expect(version.train_loss?.number == 0.25 && version.test_loss?.number == 0.125)
    let imported = try program("import", file, "--model", "copy", "--format", "json")
    #expect(imported.status == 0)
    #expect(
      try rows(program, "SELECT count(DISTINCT state_dict_digest), count(*), max(step) FROM model_versions") == ["1|2|2"])
    #expect(try program("predict", "--version", "xor/1", "-1", "1").stdout == program("predict", "--version", "copy/1", "-1", "1").stdout)

    let again = try program("run", "--model", "xor", "--weights", "model.pt", "--weights", "other.pt", "--", "true")
    #expect(again.status == 0)
    #expect(again.stderr.contains("Warning: '--weights model.pt': the command didn't write it, so it is no version of this run.\n"))
    #expect(again.stderr.contains("Warning: '--weights other.pt': the command wrote no such file.\n"))
    let evil = try program("run", "--weights", "evil.pt", "--", "cp", ImportCommandTests.fixture("evil_reduce.pt"), "evil.pt")
    #expect(evil.status == 0 && evil.stderr.hasPrefix("Warning: 'evil.pt' isn't kept: 'evil.pt' asks to call"), "\(evil.stderr)")
    #expect(
      try rows(program, "SELECT count(*) FROM model_versions; SELECT group_concat(status) FROM runs WHERE kind = 'log'") == [
        "2", "finished,finished,finished",
      ])
  }

  @Test("metrics of the default patterns are called guesses, also on the version that has them; those of a given pattern aren't")
  func guesses() throws {
    let program = try Program()
    let script = "echo epoch 1 test_loss: 0.5; echo epoch 2 test_loss: 0.25; cp \"$0\" w.pt"
    let file = ImportCommandTests.fixture("neural_net.pt")
    for (options, says) in [
      ([], "1 metric (2 values, guessed from the output)"), (["--pattern", "loss: {test_loss}"], "1 metric (2 values)"),
    ] {
      let result = try program(["run", "--weights", "w.pt"] + options + ["--", "sh", "-c", script, file])
      #expect(result.status == 0 && result.stderr.contains(", \(says), 1 file, "), "\(result.stderr)")
    }
    #expect(
      try rows(program, "SELECT version_id FROM version_tags WHERE key = 'guessed' AND ',' || value || ',' LIKE '%,metrics,%'") == ["1"])
    #expect(try program("show", "1", "--format", "json").stdout.contains("metrics\""))
  }

  @Test("the commit of the folder's repository is noted, and whether its files were changed")
  func git() throws {
    let program = try Program()
    let commit = "git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && echo *.db > .git/info/exclude"
    guard try program.shell("command -v git").status == 0 else { return }
    #expect(
      try program.shell("\(commit); echo 1 >code.py; git add code.py; git -c user.name=a -c user.email=a@b commit -q -m y").status == 0)
    let head = try program.shell("git rev-parse HEAD").lines[0]
    for (change, isDirty) in [("true", 0), ("echo 2 >code.py", 1)] {
      #expect(try program.shell("\(change); $registry run --quiet -- true").status == 0)
      #expect(try rows(program, "SELECT git_commit, is_dirty FROM runs ORDER BY id DESC LIMIT 1") == ["\(head)|\(isDirty)"])
    }
    // Git that hangs costs five seconds at most, and the run has no commit.
    let slow = try Program()
    try slow.folder.write("git", "#!/bin/sh\nexec sleep 100\n")
    let start = ContinuousClock.now
    #expect(try slow.shell("chmod +x git; PATH=$PWD:$PATH $registry run --quiet -- true").status == 0)
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect(try slow.command(["sqlite3", "registry.db", "SELECT git_commit IS NULL, status FROM runs"]).lines == ["1|finished"])
  }
}
