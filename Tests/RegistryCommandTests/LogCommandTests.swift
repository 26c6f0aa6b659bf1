import Foundation
import TestSupport
import Testing

/// `registry log`: lines of any program become a run.
struct LogCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  private func log(_ lines: [String], _ options: String...) throws -> ProcessResult {
    try program(["log"] + options, input: lines.joined(separator: "\n") + "\n")
  }

  private func sql(_ query: String) throws -> String {
    try program.command(["sqlite3", "registry.db", query]).stdout.trimmingCharacters(in: .newlines)
  }

  /// Two layers whose weights are 0, 1, 2, ….
  private func writeWeights(_ name: String) throws {
    let header =
      #"{"linear_1.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"linear_1.bias":{"dtype":"F32","shape":[2],"data_offsets":[16,24]},"#
      + #""linear_2.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[24,32]},"linear_2.bias":{"dtype":"F32","shape":[1],"data_offsets":[32,36]}}"#
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
    for number in 0..<9 { data += withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { Data($0) } }
    try data.write(to: program.folder.url.appending(path: name))
  }

  @Test("remarks on a version show the names in its file without their control characters")
  func foreignNames() throws {
    let name = "odd\\u001b[31m\\nError: no\\u0007.weight"
    let header = "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[2,3,4],\"data_offsets\":[0,96]}}"
    let data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8) + Data(count: 96)
    for file in ["odd.safetensors", "odd\u{1b}[32m.safetensors"] {
      try data.write(to: program.folder.url.appending(path: file))
      let json = file.replacing("\u{1b}", with: "\\u001b")
      for line in ["{\"version\": \"\(json)\"}", "{\"version\": \"\(json)\", \"activation\": \"relu\"}"] {
        let result = try log([line, #"{"end": "finished"}"#])
        #expect(result.stderr.contains("odd·[31m⏎Error: no·.weight"), "\(result.stderr)")
        #expect(!result.stderr.utf8.contains { $0 < 0x20 && $0 != 0x0a } && !result.stdout.utf8.contains(0x1b))
      }
      let run = try program("run", "--weights", "copy.safetensors", "--", "cp", file, "copy.safetensors")
      #expect(run.stderr.contains("odd·[31m⏎Error: no·.weight") && !run.stderr.utf8.contains(0x1b), "\(run.stderr)")
    }
  }

  @Test("a whole run: params, metrics, files, versions, an end")
  func whole() throws {
    try writeWeights("w.safetensors")
    try Data("hello".utf8).write(to: program.folder.url.appending(path: "plot.txt"))
    let result = try log(
      [
        #"{"params": {"lr": 0.10, "opt": {"name": "sgd", "nesterov": true}, "layers": [4, 4], "none": null}}"#,
        #"{"step": 0, "train_loss": 0.7, "val_loss": 0.9}"#, "", #"{"epoch": 1, "train_loss": NaN, "val_loss": "Infinity"}"#,
        #"{"train_loss": 0.1, "time": 1700000000000}"#, #"{"step": -5, "metrics": {"error": 3}, "tags": {"team": "blue"}}"#,
        #"{"file": "plot.txt", "as": "plots/p.txt"}"#, #"{"text": "a note", "as": "n.txt"}"#, #"{"note": "the first"}"#,
        #"{"dataset": {"name": "iris", "digest": "5f2c", "context": "train", "profile": {"rows": 150}}}"#,
        #"{"version": "w.safetensors", "metrics": {"test_loss": 0.25, "f1": 0.5}, "alias": ["champion", "blue"], "step": 2, "tags": {"k": 1}}"#,
        #"{"version": true, "files": {"deep/plot.txt": "plot.txt"}, "description": "files alone"}"#,
        #"{"end": "finished", "exit_code": 0}"#,
      ], "--model", "xor", "--name", "first", "--tag", "a=b", "--param", "seed=007")
    #expect(result.status == 0, "\(result.stderr)")
    #expect(result.lines == ["Run 1 of xor in experiment xor", "Stored xor/1", "Stored xor/2", "Run 1: finished, 12 lines, 2 versions"])
    #expect(
      try sql("SELECT group_concat(key || '=' || value || coalesce('(' || text || ')', ''), ' ') FROM params")
        == "layers=[4, 4] lr=0.1(0.10) none=null opt.name=sgd opt.nesterov=true seed=7(007)")
    #expect(
      try sql("SELECT group_concat(key || step || '=' || coalesce(value, 'NaN'), ' ') FROM metrics")
        == "error-5=3.0 train_loss0=0.7 train_loss1=NaN train_loss2=0.1 val_loss0=0.9 val_loss1=Inf")
    #expect(try sql("SELECT time FROM metrics WHERE key = 'train_loss' AND step = 2") == "1700000000000")
    #expect(
      try sql(
        "SELECT group_concat(file, ' ') FROM (SELECT coalesce(version, '-') || path || byte_count AS file FROM artifacts ORDER BY file)")
        == "-n.txt6 -plots/p.txt5 2deep/plot.txt5")
    #expect(try sql("SELECT name, status, kind, exit_code, experiment FROM run_list") == "first|finished|log|0|xor")
    #expect(
      try sql("SELECT version, test_loss, f1, step, aliases, source FROM leaderboard WHERE version = 1")
        == "1|0.25|0.5|2|blue,champion|w.safetensors")
    #expect(try sql("SELECT name || digest || context || profile FROM run_datasets") == #"iris5f2ctrain{"rows": 150}"#)
    #expect(try sql("SELECT text FROM dated_notes") == "the first")
    #expect(try program("predict", "--version", "xor@champion", "-1", "1").status == 0)
    #expect(try program("verify").status == 0)
  }

  @Test(
    "a wrong line is an error with its number and does nothing; the rest is recorded",
    arguments: [
      ("oops", "isn't JSON"), ("[1]", "a list"), ("3", "a number"), (#"{"loss": "low"}"#, "is the text 'low'"),
      (#"{"loss": null}"#, "is null"),
      (#"{"loss": true}"#, "a metric is a number"), (#"{"": 1}"#, "no name"), (#"{"a": 1, "a": 2}"#, "twice"),
      (#"{"step": 1.5, "a": 1}"#, "whole number"),
      (#"{"step": "1", "a": 1}"#, "whole number"), (#"{"step": 1e30, "a": 1}"#, "whole number"), (#"{"params": 3}"#, "has to be an object"),
      (#"{"params": {"x": 1}, "lr": "a"}"#, "a metric is a number"), (#"{"file": "missing.png"}"#, "missing.png"),
      (#"{"file": 7}"#, "has to be a text"),
      (#"{"text": "x"}"#, "no name"), (#"{"text": "x", "as": "../x"}"#, "no part . or .."), (#"{"as": "x"}"#, "without 'file'"),
      (#"{"end": "done"}"#, "no end of a run"), (#"{"end": "running"}"#, "no end of a run"), (#"{"error": "x"}"#, "without 'end'"),
      (#"{"version": "missing.pt"}"#, "missing.pt"), (#"{"version": true}"#, "weights or files"), (#"{"version": 3}"#, "a file of weights"),
      (#"{"version": true, "files": ["registry.db"], "loss": 1}"#, "nothing that a version has"),
      (#"{"dataset": {"name": "x"}}"#, "a name and a digest"),
      (#"{"dataset": {"name": "x", "digest": "y", "rows": 3}}"#, "nothing that a dataset has"),
      (#"{"params": {"kept": 2}}"#, "never changes"),
      (#"{"tags": {"t": 1}, "note": "n", "params": {"p": 1}, "b": 1, "step": 0, "file": "missing.png"}"#, "missing.png"),
      (#"{"tags": {"t": 1}, "note": "n", "params": {"p": 1}, "b": 1, "text": "x", "as": "../x"}"#, "no part . or .."),
      (#"{"file": "x.bin", "text": "hello", "as": "x"}"#, "stand in one line"),
      (#"{"params": {"new": 1, "kept": 2}}"#, "never changes"), (#"{"version": true, "files": ["x.bin"], "alias": "a/b"}"#, "no slash"),
    ])
  func wrongLine(line: String, says: String) throws {
    try Data([1, 2]).write(to: program.folder.url.appending(path: "x.bin"))
    let result = try log([#"{"params": {"kept": 1}}"#, line, #"{"step": 1, "a": 0.5}"#, #"{"end": "finished"}"#], "--format", "json")
    #expect(result.status == 65)
    #expect(result.stderr.hasPrefix("Error: line 2: ") && result.stderr.contains(says), "\(result.stderr)")
    #expect(result.stdout.contains(#"{"line":2,"error":"#))
    #expect(try sql("SELECT group_concat(key || value) FROM params") == "kept1")
    #expect(
      try sql("SELECT key || value || ' ' || status || ' ' || (SELECT count(*) FROM model_versions) FROM metrics, runs")
        == "a0.5 finished 0")
    #expect(try sql("SELECT (SELECT count(*) FROM tags) + (SELECT count(*) FROM dated_notes) + (SELECT count(*) FROM run_files)") == "0")
  }

  @Test("of a folder with a file that can't be stored nothing is, nor what else its line says; what came before it is")
  func halfFolder() throws {
    #expect(try program.shell("mkdir half; echo 1 > half/a; echo 2 > half/b").status == 0)
    let lines = [
      #"{"text": "x", "as": "half/b/c"}"#, #"{"a": 1}"#,
      #"{"file": "half", "params": {"p": 1}, "note": "n", "b": 1, "dataset": {"name": "d", "digest": "1"}}"#, #"{"params": {"p": 2}}"#,
      #"{"file": "half/a", "as": "a", "dataset": {"name": "d", "digest": "2"}, "c": 3, "tags": {"t": 1}}"#, #"{"end": "finished"}"#,
    ]
    let result = try log(lines)
    #expect(result.status == 65 && result.stderr.hasPrefix("Error: line 3: ") && result.stderr.contains("can't be a folder as well"))
    #expect(result.stderr.contains("1 line of 6 was wrong"), "\(result.stderr)")
    #expect(
      try sql(
        """
        SELECT group_concat(path, ' ') FROM (SELECT path FROM run_files ORDER BY path); SELECT group_concat(key || value, ' ') FROM metrics;
        SELECT group_concat(key || value) FROM params; SELECT group_concat(name || digest) FROM run_datasets; SELECT count(*) FROM dated_notes
        """) == "a half/b/c\na1.0 c3.0\np2\nd2\n0")
    #expect(try program("verify").status == 0)
  }

  @Test("a wrong line answers its ack, with what is wrong; lines after the end are counted apart from those that the end has counted")
  func wrongAnswers() throws {
    let result = try log(
      [#"{"loss": "low", "ack": {"id": 7}}"#, #"{"a": 1}"#, #"{"end": "finished"}"#, #"{"a": 2, "ack": 8}"#], "--format", "json")
    #expect(result.status == 65)
    #expect(result.lines.count == 4 && result.lines[1].hasPrefix(#"{"ack":{"id": 7},"line":1,"error":"metric 'loss'"#), "\(result.stdout)")
    #expect(result.lines[2] == #"{"run":1,"status":"finished","lines":3,"bad_lines":1}"#)
    #expect(result.lines[3].hasPrefix(#"{"ack":8,"line":4,"error":"the run has ended""#), "\(result.stdout)")
    #expect(
      result.stderr.hasSuffix("Error: 1 line of 3 was wrong, 1 line came after the end and did nothing; the rest is in run 1.\n"),
      "\(result.stderr)")
  }

  @Test("a run that goes on has no exit code until it ends again; a param of the same number stays as it was spelt")
  func again() throws {
    #expect(try log([#"{"params": {"lr": 0.10, "n": 1}}"#, #"{"end": "failed", "exit_code": 3}"#]).status == 0)
    #expect(try log([#"{"params": {"lr": 0.1, "n": 1.0}}"#, #"{"end": "finished"}"#], "--run", "1").status == 0)
    #expect(try sql("SELECT status, exit_code IS NULL FROM runs; SELECT group_concat(key || text) FROM params") == "finished|1\nlr0.10")
    #expect(try log([#"{"params": {"lr": 0.11}}"#], "--run", "1").stderr.contains("it is 0.10 already"))
    #expect(try program("verify").status == 0)
  }

  @Test("the end of the input without an end is an interrupted run, with everything that came, also a last line without its end")
  func noEnd() throws {
    let result = try program(["log"], input: "{\"step\": 0, \"a\": 1}\n{\"step\": 1, \"a\": 2}")
    #expect(result.status == 0 && result.stderr.contains("no line said how it ends"))
    #expect(try sql("SELECT status, count(*) FROM runs, metrics") == "interrupted|2")
    #expect(try program(["log"], input: "").status == 0)
    let more = try log([#"{"a": 3}"#, #"{"end": "finished"}"#, #"{"a": 4}"#], "--run", "1")
    #expect(more.status == 65 && more.stderr.contains("line 3: the run has ended"))
    #expect(try sql("SELECT group_concat(step || ':' || value, ' ') FROM metrics WHERE run_id = 1") == "0:1.0 1:2.0 2:3.0")
    #expect(try program("verify").status == 0)
  }

  @Test("answers come once what was asked about is on the disk")
  func answers() throws {
    let result = try log([#"{"a": 1, "ack": {"id": [1]}}"#, #"{"end": "failed", "error": "out of memory", "ack": 2}"#], "--format", "json")
    let lines = result.lines
    #expect(lines.count == 4 && lines[0].hasPrefix(#"{"run":1,"uuid":""#))
    #expect(
      lines[1...] == [
        #"{"ack":{"id": [1]},"line":1,"run":1}"#, #"{"ack":2,"line":2,"run":1}"#, #"{"run":1,"status":"failed","lines":2,"bad_lines":0}"#,
      ])
    #expect(try sql("SELECT error FROM runs") == "out of memory")
    // A reader that waits for its answer gets it while the input is open.
    let script = """
      mkfifo in out
      "$registry" log --format json < in > out & exec 3> in 4< out
      read -r first <&4
      echo '{"a": 1, "ack": 1}' >&3
      read -r answer <&4
      sqlite3 registry.db "SELECT count(*) FROM metrics WHERE run_id = 2"
      echo "$answer"
      exec 3>&-
      wait
      """
    #expect(try program.shell(script).lines == ["1", #"{"ack":1,"line":1,"run":2}"#])
  }

  @Test("lines of any length up to a limit, and bytes that are no UTF-8")
  func bytes() throws {
    let long = String(repeating: "x", count: 1 << 20)
    let result = try log([
      #"{"params": {"long": "\#(long)"}}"#, #"{"tags": {"a": "\#(String(repeating: "y", count: 17 << 20))"}}"#, #"{"a": 1}"#,
      #"{"end": "finished"}"#,
    ])
    #expect(result.status == 65 && result.stderr.contains("line 2: it is longer than 16 MB"))
    #expect(try sql("SELECT length(value) FROM params") == "\(1 << 20)")
    let broken = try program.shell(#"printf '{"a\377": 1}\n\000\n{"end": "finished"}\n' | "$registry" log"#)
    #expect(broken.status == 65 && broken.stderr.contains("line 1: it isn't JSON: a text is no UTF-8"))
    #expect(broken.stderr.contains("line 2: it isn't JSON"))
  }

  @Test(
    "options that would do nothing are refused",
    arguments: [
      (["--run", "1", "--model", "m"], 64, "--model"), (["--format", "csv"], 64, "csv"), (["--param", "lr"], 64, "KEY=VALUE"),
      (["--model", "a/b"], 64, "slash"),
      (["--run", "99"], 66, "99"), (["--parent", "99"], 66, "99"), (["--experiment", ""], 64, "1 to 500"),
    ])
  func options(arguments: [String], status: Int32, says: String) throws {
    _ = try log([#"{"end": "finished"}"#])
    let result = try program(["log"] + arguments, input: "{\"a\": 1}\n")
    #expect(result.status == status && result.stderr.contains(says), "\(result.status) \(result.stderr)")
    #expect(result.stderr.hasPrefix("Error: ") && !result.stderr.contains("usageError"), "\(result.stderr)")
    #expect(try sql("SELECT count(*) FROM metrics") == "0")
  }

  @Test("a training of this program isn't logged to, nor a run that another process writes")
  func others() throws {
    _ = try program("train", "--epochs", "3")
    let training = try log([#"{"a": 1}"#], "--run", "1")
    #expect(training.status == 65 && training.stderr.contains("a training of this program"))
    let script = """
      mkfifo in
      "$registry" log < in > out & exec 3> in
      until grep -q Run out; do sleep 0.01; done
      echo '{"a": 1}' | "$registry" log --run 2; echo $?
      exec 3>&-
      wait
      """
    let result = try program.shell(script)
    #expect(result.lines.last == "75" && result.stderr.contains("still running"), "\(result.stdout) \(result.stderr)")
  }
}
