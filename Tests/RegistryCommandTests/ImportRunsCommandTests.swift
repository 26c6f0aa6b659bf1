import Foundation
import TestSupport
import Testing

/// `registry import-runs` on what MLflow and TensorBoard themselves recorded.  What the readers find is ForeignRunsTests' subject; here it is
/// what stands in the registry after it.
struct ImportRunsCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  private func copy(_ fixture: String, _ name: String) throws {
    try FileManager.default.copyItem(atPath: Fixtures.path("foreign/\(fixture)"), toPath: program.folder.path(name))
  }

  /// MLflow's database with its artifacts beside it.
  private func database(_ major: Int = 3) throws {
    try copy("mlflow-\(major)-db/mlruns", "mlruns")
    let script = try String(decoding: Fixtures.data("foreign/mlflow-\(major)-db/mlflow.sql"), as: UTF8.self)
    #expect(try program.command(["sqlite3", "mlflow.db"], input: script).status == 0)
  }

  private func sql(_ query: String, in file: String = "registry.db") throws -> String {
    let result = try program.command(["sqlite3", file, query])
    #expect(result.stderr == "")
    return result.stdout
  }

  /// Everything that a second import could store twice.
  private func counts() throws -> String {
    let tables = [
      "experiments", "experiment_tags", "runs", "params", "metrics", "metrics_latest", "tags", "run_datasets", "run_files", "contents",
      "models",
      "model_tags", "model_versions", "version_files", "version_tensors", "version_tags", "model_aliases", "alias_events",
    ]
    return try sql(tables.map { "SELECT '\($0) ' || count(*) FROM \($0)" }.joined(separator: ";"))
  }

  @Test("a database comes over whole, once", arguments: [2, 3])
  func mlflowDatabase(major: Int) throws {
    try database(major)
    let first = try program("import-runs", "mlflow", "mlflow.db", "--format", "json")
    #expect(first.status == 0 && first.stderr == "")
    let report = try first.json()
    #expect(report["new_runs"]?.number == 6 && report["metrics"]?.number == 12 && report["files"]?.number == (major == 2 ? 9 : 3))
    #expect(report["models"]?.array.map(\.string) == ["echo", "xor"])
    #expect(report["versions"]?.array.map { $0["theirs"]?.string } == ["echo/1", "xor/1", "xor/4"])
    #expect(report["versions"]?.array.map { $0["ours"]?.string } == ["echo/1", "xor/1", "xor/2"])
    #expect(report["versions"]?.array.allSatisfy { $0["tensors"]?.number == 4 } == true)
    #expect(report["left_out"]?.array.map { $0["why"]?.string } == ["s3:// isn't on this machine (s3://bucket/models/xor)"])
    let before = try counts()
    let again = try program("import-runs", "mlflow", "mlflow.db")
    #expect(again.status == 0 && again.lines.first == "Imported nothing new from mlflow.db")
    #expect(try counts() == before)
    #expect(try program("verify").status == 0)
  }

  @Test("what is stored is what was logged")
  func values() throws {
    try database()
    #expect(try program("import-runs", "mlflow", "mlflow.db").status == 0)
    let run = "(SELECT id FROM runs WHERE name = 'sly-owl')"
    #expect(
      try sql("SELECT key, step, seq, quote(value), time FROM metrics WHERE run_id = \(run) AND key <> 'val_loss' ORDER BY key, step, seq")
        == """
        odd|0|0|NULL|1700000002000
        odd|1|0|9.0e+999|1700000002000
        odd|2|0|-9.0e+999|1700000002000
        odd|3|0|9.99988671826830835320e-321|1700000002000
        train/loss|-1|0|0.5|1700000000999
        train/loss|0|0|0.1|1700000001000
        train/loss|0|1|0.3|1700000001000
        train/loss|1|0|0.33333333333333331482|1700000001001

        """.replacing("9.0e+999", with: try sql("SELECT quote(9e999)").trimmingCharacters(in: .newlines))
        .replacing("0.33333333333333331482", with: try sql("SELECT quote(1.0/3)").trimmingCharacters(in: .newlines))
        .replacing("9.99988671826830835320e-321", with: try sql("SELECT quote(1e-320)").trimmingCharacters(in: .newlines)))
    #expect(
      try sql("SELECT key, text, typeof(value) FROM params WHERE run_id = \(run) AND key <> 'long/name' ORDER BY key")
        == "lr|0.10|real\nseed||integer\n")
    #expect(
      try sql("SELECT status, started_at, ended_at, user, source, substr(git_commit, -2), note FROM runs WHERE id = \(run)")
        == "failed|2023-11-14T22:13:20.000Z|2023-11-14T22:13:29.000Z|ada|train.py|01|Line one\n\n  line two: 'quoted' # no comment\n")
    #expect(
      try sql("SELECT path FROM run_files WHERE run_id = \(run) ORDER BY path") == "net/neural_net.safetensors\nnotes.txt\nplots/löss.csv\n"
    )
    #expect(
      try sql("SELECT c.name FROM runs AS c JOIN runs AS p ON p.id = c.parent_run_id WHERE p.name = 'outer'") == "true\n")
    #expect(
      try sql("SELECT name, status, deleted_at IS NOT NULL, error FROM runs WHERE name IN ('null', 'gone', 'still running') ORDER BY name")
        == "gone|interrupted|1|it was running when it was imported\nnull|killed|0|\nstill running|interrupted|0|it was running when it was imported\n"
    )
    #expect(
      try sql(
        "SELECT e.name, e.note, e.deleted_at IS NOT NULL, (SELECT value FROM experiment_tags WHERE experiment_id = e.id AND key = 'team') FROM experiments AS e ORDER BY id"
      )
        == "Default||0|\nZahlen/ä|Digits|0|vision\nover||1|\n")
    #expect(try sql("SELECT name, digest, context, source_type FROM run_datasets") == "zeros|04433d11|training|http\n")
    #expect(try sql("SELECT name, note FROM models ORDER BY name") == "echo|\nxor|Two inputs\none output: é\n")
    #expect(
      try sql(
        "SELECT v.version, v.description, v.source LIKE 'runs:/%/net', v.file_count, group_concat(t.key || '=' || t.value, ' ') FROM model_versions AS v JOIN models AS m ON m.id = v.model_id LEFT JOIN version_tags AS t ON t.version_id = v.id WHERE m.name = 'xor' GROUP BY v.id"
      )
        == "1|first|1|1|checked=yes mlflow.stage=Staging mlflow.version=1\n2||1|1|mlflow.version=4\n")
    #expect(
      try program("alias", "list", "--format", "csv").stdout.split(separator: "\n").map {
        $0.split(separator: ",").prefix(3).joined(separator: ",")
      }
      .contains("xor,champion,1"))
    // The weights themselves: what an import of the file stores.
    _ = try program("import", Fixtures.path("state_dicts/neural_net.safetensors"), "--model", "same")
    let digest = try sql(
      "SELECT DISTINCT state_dict_digest FROM model_versions WHERE model_id IN (SELECT id FROM models WHERE name <> 'echo')")
    #expect(digest.split(separator: "\n").count == 1)
  }

  @Test("a folder of runs and its artifacts come over", arguments: [2, 3])
  func mlflowFolder(major: Int) throws {
    try copy("mlflow-\(major)-files/mlruns", "mlruns")
    let report = try program("import-runs", "mlflow", "mlruns", "--format", "json").json()
    #expect(report["new_runs"]?.number == 6 && report["metrics"]?.number == 12 && report["versions"]?.array.count == 3)
    let before = try counts()
    #expect(try program("import-runs", "mlflow", "mlruns/").lines.first == "Imported nothing new from mlruns/")
    #expect(try counts() == before)
    #expect(try program("verify").status == 0)
  }

  @Test("a source that has grown adds what is new, and runs go on")
  func growth() throws {
    try database()
    #expect(try program("import-runs", "mlflow", "mlflow.db").status == 0)
    let id = try sql("SELECT run_uuid FROM runs WHERE name = 'sly-owl'", in: "mlflow.db").trimmingCharacters(in: .newlines)
    let open = try sql("SELECT run_uuid FROM runs WHERE name = 'still running'", in: "mlflow.db").trimmingCharacters(in: .newlines)
    _ = try sql(
      """
      INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('train/loss', 0.25, 1700000003000, '\(id)', 1, 0),
        ('fresh', 7, 1700000003000, '\(id)', 5, 0);
      INSERT INTO params VALUES ('added', '1e-3', '\(id)'); INSERT INTO tags VALUES ('later', 'x', '\(id)');
      UPDATE tags SET value = 'changed there' WHERE key = 'stage'; UPDATE runs SET status = 'FINISHED', end_time = 1700000900000 WHERE run_uuid = '\(open)'
      """, in: "mlflow.db")
    try Data("new".utf8).write(to: URL(fileURLWithPath: program.folder.path("mlruns/1/\(id)/artifacts/new.txt")))
    let report = try program("import-runs", "mlflow", "mlflow.db", "--format", "json").json()
    #expect(report["new_runs"]?.number == 0 && report["metrics"]?.number == 2 && report["params"]?.number == 1)
    #expect(report["tags"]?.number == 1 && report["files"]?.number == 1 && report["known_versions"]?.number == 3)
    let run = "(SELECT id FROM runs WHERE name = 'sly-owl')"
    #expect(
      try sql("SELECT step, seq, value FROM metrics WHERE run_id = \(run) AND key = 'train/loss' AND step = 1 ORDER BY seq").hasSuffix(
        "1|1|0.25\n"))
    #expect(try sql("SELECT value FROM tags WHERE run_id = \(run) AND key = 'stage'") == "try\n")
    #expect(try sql("SELECT status, ended_at, error FROM runs WHERE name = 'still running'") == "finished|2023-11-14T22:28:20.000Z|\n")
    #expect(try sql("SELECT status, ended_at FROM runs WHERE id = \(run)") == "failed|2023-11-14T22:13:29.000Z\n")
    #expect(try program("import-runs", "mlflow", "mlflow.db").lines.first == "Imported nothing new from mlflow.db")
    #expect(try program("verify").status == 0)
  }

  @Test("a dry run writes nothing, not even a file")
  func dryRun() throws {
    try database()
    let said = try program("import-runs", "mlflow", "mlflow.db", "--dry-run")
    #expect(said.status == 0 && said.lines.first?.hasPrefix("Would import 3 experiments, 6 runs, 12 metric values") == true)
    #expect(!FileManager.default.fileExists(atPath: program.folder.path("registry.db")))
    #expect(try program("import-runs", "mlflow", "mlflow.db").status == 0)
    let before = try program.files()
    #expect(try program("import-runs", "mlflow", "mlflow.db", "--dry-run").lines.first == "Would import nothing new from mlflow.db")
    #expect(try program.files() == before)
  }

  @Test("a run that was deleted here doesn't come back")
  func deletedHere() throws {
    try copy("tensorboard", "logs")
    #expect(try program("import-runs", "tensorboard", "logs").status == 0)
    #expect(try program("delete", "--run", "1").status == 0)
    let again = try program("import-runs", "tensorboard", "logs", "--format", "json").json()
    #expect(again["deleted_runs"]?.number == 1 && again["known_runs"]?.number == 1 && again["metrics"]?.number == 0)
  }

  @Test("event files give runs, scalars and hyperparameters, and what is left out is counted")
  func tensorBoard() throws {
    try copy("tensorboard", "logs")
    let done = try program("import-runs", "tensorboard", "logs", "--experiment", "sweep", "--model", "xor")
    #expect(done.lines == ["Imported 1 experiment, 2 runs, 15 metric values, 4 params, 1 tag from logs"])
    #expect(done.stderr == "Left out: 1 × image\nLeft out: 1 × text\n")
    #expect(
      try sql(
        "SELECT r.name, r.status, e.name, m.name FROM runs AS r JOIN experiments AS e ON e.id = r.experiment_id JOIN models AS m ON m.id = r.model_id"
      )
        == "new/a|failed|sweep|xor\nold|finished|sweep|xor\n")
    #expect(try sql("SELECT key, coalesce(text, value) FROM params ORDER BY key") == "amsgrad|false\nlayers|2.0\nlr|0.1\noptimizer|sgd\n")
    #expect(
      try sql("SELECT step, seq, value FROM metrics WHERE run_id = 2 AND key = 'loss' AND step = 1 ORDER BY seq") == "1|0|0.5\n1|1|7.0\n")
    // Another writer's file, which begins before and grows beside: what is new is found all the same.
    let twin = "logs/old/events.out.tfevents.1700000009.host.2.0"
    try FileManager.default.copyItem(
      atPath: program.folder.path("logs/new/a/events.out.tfevents.1700000000.host.1.0"), toPath: program.folder.path(twin))
    let grown = try program("import-runs", "tensorboard", "logs", "--format", "json").json()
    #expect(grown["grown_runs"]?.number == 1 && grown["metrics"]?.number == 6)
    #expect(try program("import-runs", "tensorboard", "logs").lines.first == "Imported nothing new from logs")
    try FileManager.default.removeItem(atPath: program.folder.path(twin))
    // What a killed writer left.
    let path = program.folder.path("logs/old/events.out.tfevents.1700000000.host.1.0")
    try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 360)
    let cut = try program("import-runs", "tensorboard", "logs", "--db", "cut.db")
    #expect(cut.status == 0 && cut.stderr.contains("the file ends in the middle of a record (byte "))
    // Damage is another matter.
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.seek(toOffset: 100)
    try handle.write(contentsOf: Data([0xff, 0xfe, 0xfd]))
    let damaged = try program("import-runs", "tensorboard", "logs", "--db", "damaged.db")
    #expect(damaged.status == 65 && damaged.stderr.contains("the checksum of a record"))
    #expect(
      damaged.errorLine.hasPrefix("Read up to here:")
        && damaged.stderr.contains("Error: 'logs' is damaged: what could be read of it was imported."))
  }

  @Test("a CSV log and a JSON Lines log are a run each, and may grow")
  func logs() throws {
    try program.folder.write("log.csv", "epoch,loss,phase\n0,0.5,warm\n1,nan,main\n")
    let csv = try program("import-runs", "csv", "log.csv", "--model", "xor", "--name", "first")
    #expect(csv.lines == ["Imported 1 experiment, 1 run, 2 metric values from log.csv", "run 1: first"])
    #expect(csv.stderr == "Left out: 2 × value of the column 'phase'\n")
    try program.folder.write("log.csv", "epoch,loss,phase\n0,0.5,warm\n1,nan,main\n2,0.25,main\n")
    #expect(try program("import-runs", "csv", "log.csv").lines.first == "Imported 1 metric value from log.csv")
    #expect(try sql("SELECT step, quote(value) FROM metrics WHERE run_id = 1") == "0|0.5\n1|NULL\n2|0.25\n")
    try program.folder.write("log.jsonl", "{\"step\": 3, \"train\": {\"loss\": 0.5}}\n{\"step\": 4, \"train\": {\"loss\": Infinity}}\n")
    #expect(try program("import-runs", "jsonl", "log.jsonl", "--key", "train.loss").lines.first?.contains("1 run, 2 metric values") == true)
    #expect(try sql("SELECT key, step FROM metrics WHERE run_id = 2") == "train.loss|3\ntrain.loss|4\n")
    #expect(try program("verify").status == 0)
  }

  @Test("a log that was written anew, or is shorter, isn't taken for one that has grown")
  func writtenAnew() throws {
    try program.folder.write("log.csv", "loss\n0.7\n0.5\n")
    #expect(try program("import-runs", "csv", "log.csv").status == 0)
    let hint =
      "a copy under another name is another run; or registry delete --run 1 --db registry.db && registry gc --db registry.db, then import it again"
    func refused(_ text: String, _ problem: String, _ options: String...) throws {
      try program.folder.write("log.csv", text)
      let error = "'log.csv' isn't what was imported before, or is read by other columns: \(problem)."
      for dry in [["--dry-run"], []] {
        let result = try program(["import-runs", "csv", "log.csv"] + options + dry)
        #expect(result.status == 65 && result.stderr == "Error: \(error)\n  hint: \(hint)\n")
      }
      #expect(try sql("SELECT value FROM metrics ORDER BY step") == "0.7\n0.5\n")
    }
    try refused("loss\n0.7\n0.4\n0.3\n", "'loss' at step 1 is 0.4 there, and 0.5 in run 1")
    try refused("loss\n0.7\n", "it has 1 value of 'loss', run 1 has 2")
    try program.folder.write("log.csv", "loss\n0.7\n0.4\n0.3\n")
    #expect(try program("delete", "--run", "1", "--db", "registry.db").status == 0)
    #expect(try program("gc", "--db", "registry.db").status == 0)
    #expect(try program("import-runs", "csv", "log.csv").status == 0)
    #expect(try sql("SELECT value FROM metrics ORDER BY step") == "0.7\n0.4\n0.3\n")
    #expect(try program("verify").status == 0)
  }

  @Test("other columns for a log that is here are refused, and options that do nothing are named")
  func otherOptions() throws {
    try program.folder.write("log.csv", "a,loss\n5,0.7\n6,0.5\n")
    #expect(try program("import-runs", "csv", "log.csv", "--model", "xor", "--key", "loss").status == 0)
    let step = try program("import-runs", "csv", "log.csv", "--step", "a")
    #expect(step.status == 65 && step.stderr.contains("is read by other columns: run 1 has no value of 'loss' at step 5."))
    let other = try program("import-runs", "csv", "log.csv", "--model", "zz", "--name", "log.csv")
    #expect(other.status == 0)
    #expect(other.lines.contains("left out: --model zz for run 1: its model is 'xor', and what is here stays as it is"))
    #expect(!other.stdout.contains("--name"))
    #expect(try sql("SELECT key, step FROM metrics ORDER BY key, step") == "a|0\na|1\nloss|0\nloss|1\n")
  }

  @Test("a wrong line of a JSON Lines log is left out, and said")
  func wrongLine() throws {
    try program.folder.write("log.jsonl", "{\"a\": 1}\nepoch 1\n{\"a\": 2}\n")
    let result = try program("import-runs", "jsonl", "log.jsonl")
    #expect(result.status == 0)
    #expect(result.stderr.hasPrefix("Left out: 1 line that isn't an object of JSON, first line 2: "))
    #expect(try sql("SELECT step, value FROM metrics") == "0|1.0\n2|2.0\n")
  }

  @Test("an import that was killed is taken up by the next", arguments: ["INT", "KILL"])
  func killed(signal: String) throws {
    let rows = 120_000
    try program.folder.write("log.csv", "step,loss\n" + (0..<rows).map { "\($0),\($0).5\n" }.joined())
    let killed = try program.shell(
      """
      $registry import-runs csv log.csv >out 2>err & pid=$!
      until [ "$(sqlite3 registry.db 'SELECT count(*) > 0 FROM metrics' 2>/dev/null)" = 1 ]; do kill -0 $pid || break; done
      kill -\(signal) $pid; wait $pid; echo $?; sqlite3 registry.db 'SELECT count(*) FROM metrics'
      """)
    let stored = Int(killed.lines.last ?? "") ?? 0
    #expect(stored > 0 && stored <= rows)
    if signal == "INT", stored < rows { #expect(killed.lines.first == "130") }
    #expect(try program("import-runs", "csv", "log.csv").status == 0)
    #expect(try sql("SELECT count(*), sum(value), max(seq) FROM metrics") == "\(rows)|\(Double(rows) * Double(rows) / 2)|0\n")
    #expect(try sql("SELECT count(*), min(status) FROM runs") == "1|finished\n")
    #expect(try program("verify").status == 0)
  }

  @Test("files elsewhere are named, not read, until a folder is given")
  func elsewhere() throws {
    try database()
    let moved = TemporaryFolderPath(try TemporaryFolder())
    try FileManager.default.moveItem(atPath: program.folder.path("mlruns"), toPath: moved.path("mlruns"))
    let script = "UPDATE runs SET artifact_uri = replace(artifact_uri, '/home/ada/work', '\(moved.path(""))')"
    _ = try sql(script.replacing("//", with: "/"), in: "mlflow.db")
    let said = try program("import-runs", "mlflow", "mlflow.db", "--format", "json").json()
    let reasons = said["left_out"]?.array.compactMap { $0["why"]?.string } ?? []
    #expect(reasons.contains { $0.hasPrefix("they are elsewhere (--artifacts ") })
    #expect(said["files"]?.number == 0)
    let given = try program("import-runs", "mlflow", "mlflow.db", "--artifacts", moved.path("mlruns"), "--format", "json").json()
    #expect(given["files"]?.number == 3 && given["versions"]?.array.count == 3)
  }

  private struct TemporaryFolderPath {
    let folder: TemporaryFolder
    init(_ folder: TemporaryFolder) { self.folder = folder }
    func path(_ name: String) -> String { folder.path(name) }
  }

  @Test(
    "wrong usage and wrong files are refused, and leave nothing behind",
    arguments: [
      Refusal("import-runs", "mlflow", "none.db", code: 66, error: "'none.db': no such file or folder."),
      Refusal(
        "import-runs", "tensorboard", ".", code: 65, error: "'.' has no event files in it.", hint: "registry import-runs --help"),
      Refusal(
        "import-runs", "mlflow", ".", code: 65, error: "'.' has no experiments of MLflow in it: no folder has a meta.yaml.",
        hint: "registry import-runs --help"),
      Refusal("import-runs", "csv", "none.csv", code: 66, error: "'none.csv': no such file or folder."),
      Refusal("import-runs", "csv", "", code: 64, error: "'' names no file."),
      Refusal(
        "import-runs", "csv", "a.csv", "--artifacts", "x", code: 64, error: "'--artifacts' is of mlflow.", hint: "leave out --artifacts"),
      Refusal("import-runs", "mlflow", "a.db", "--key", "x", code: 64, error: "'--key' is of csv and jsonl.", hint: "leave out --key"),
      Refusal("import-runs", "tensorboard", "a", "--name", "x", code: 64, error: "'--name' is of csv and jsonl.", hint: "leave out --name"),
    ])
  func refusals(_ refusal: Refusal) throws {
    try refusal.check(in: program)
    #expect(try program.files().isEmpty)
  }
}
