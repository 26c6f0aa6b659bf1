import Foundation
import TestSupport
import Testing

/// `show`, `plot`, `compare` and `export` of runs that other programs logged.
struct AnyRunPictureTests {
  private let program: Program

  /// Runs 1 and 2 of xor with curves, files and versions of files; run 3 has nothing; run 4 is a training.
  init() throws {
    program = try Program()
    try program.folder.write("a.txt", "one")
    try program.folder.write("b.txt", "two")
    for run in 1...2 {
      try program.folder.write("c.txt", "run \(run)")
      var lines = [
        "{\"params\": {\"lr\": 0.\(run)0, \"opt\": \"adam\"}}",
        "{\"dataset\": {\"name\": \"mnist\", \"digest\": \"d\", \"context\": \"train\"}}",
        "{\"note\": \"a first note\"}", "{\"note\": \"a second one\"}", "{\"file\": \"a.txt\", \"as\": \"in/a.txt\"}",
      ]
      for step in -3..<40 {
        let loss = 1 / Double(step + 4) + Double((step * 7 + 70) % 5) * 0.01 * Double(run)
        lines.append(
          "{\"step\": \(step), \"val_loss\": \(loss), \"train_loss\": \(loss / 2), \"top1 acc\": \(1 - loss), \"odd, \\\"key\\n😀\": 1, \"time\": \(1_700_000_000_000 + step * 60_000)}"
        )
      }
      lines.append("{\"step\": 40, \"val_loss\": NaN, \"time\": 1700002400000}")
      lines.append(
        "{\"version\": true, \"files\": [\"a.txt\", \"c.txt\"\(run == 2 ? ", \"b.txt\"" : "")], \"step\": 9, \"description\": \"best so far\"}"
      )
      lines.append("{\"end\": \"finished\"}")
      #expect(try program("log", "--model", "xor", "--name", "run <\(run)>", input: lines.joined(separator: "\n")).status == 0)
    }
    #expect(try program("log", "--parent", "1", input: "{\"end\": \"finished\"}").status == 0)
    #expect(try program("train", "--epochs", "5", "--quiet").status == 0)
  }

  @Test("show has all of a run: spelling, best values and their steps, curves, datasets, files, notes, versions, runs below it")
  func show() throws {
    let text = try program("show", "--run", "1").stdout
    for part in [
      "run 1 'run <1>' of xor: finished\n", "  lr   0.10\n", "\n  metric ", "val_loss over 44 steps, -3 to 40; best at ",
      "datasets that it read\n",
      "1 file, 3 bytes\n  in/a.txt  3\n", "notes\n", "    a first note\n", "version          xor/1 at step 9\n", "child_runs       3\n",
      "(1 other curve: --format json has the values)",
    ] { #expect(text.contains(part), "\(part)") }
    let json = try program("show", "--run", "1", "--format", "json").json()
    #expect(json.params?.lr == 0.1 && json.written_params?.lr == "0.10" && json.metrics?.val_loss == "NaN")
    let details = json.metric_details?.val_loss
    #expect(details?.count == 44 && details?.max_step == -3 && details?.last == "NaN" && details?.min_step == 35)
    #expect(json.history?.val_loss?.steps?.numbers.first == -3 && json.history?.val_loss?.values?.array.last == "NaN")
    #expect(json.child_runs == [3] && json.versions?.array.map { $0.step } == [9] && json.notes?.array.count == 2)
    #expect(json.files?.array.map { $0.path } == ["in/a.txt"] && json.datasets?.array.map { $0.context } == ["train"])
    #expect(json.experiment == "xor" && json.name == "run <1>")
    let version = try program("show", "xor/2", "--format", "json").json()
    #expect(version.step == 9 && version.description == "best so far" && version.files?.array.count == 3)
    #expect(try program("show", "xor/2").stdout.contains("3 files, 11 bytes\n  a.txt  3\n  b.txt  3\n  c.txt  5\n"))
  }

  @Test("show of a run without a metric, and one of 10,000 metrics")
  func extremes() throws {
    let none = try program("show", "--run", "3")
    #expect(
      none.status == 0 && none.stdout.hasPrefix("run 3 in experiment Default: finished\n") && none.stdout.contains("parent_run       1\n"))
    let many = (0..<10_000).map { "\"m\($0)\": \($0)" }.joined(separator: ", ")
    #expect(try program("log", input: "{\"step\": 0, \(many)}\n{\"step\": 1, \(many)}\n{\"end\": \"finished\"}\n").status == 0)
    let shown = try onTerminal(80, ["show", "--run", "5"], in: program)
    #expect(shown.status == 0 && shown.lines.count < 100 && shown.stdout.contains("(9960 more; --format json has all of them)"))
    #expect(shown.lines.allSatisfy { $0.count <= 80 })
    #expect(try program("show", "--run", "5", "--format", "json").json().metric_details?.keys.count == 10_000)
    #expect(try program("plot", "--run", "5", "--metric", "m1").status == 0)
  }

  @Test("plots any metrics: over steps or time, smoothed or not, with their best points and a legend")
  func plot() throws {
    let plain = try program("plot", "--run", "1")
    #expect(plain.status == 0 && plain.lines[0] == "val_loss, train_loss of run 1")
    #expect(plain.stdout.contains("val_loss (lowest ") && plain.stdout.contains(" at step 35)"))
    #expect(plain.stdout.contains("1 value is NaN or infinite and left out"))
    #expect(try onTerminal(80, ["plot", "--run", "1"], environment: ["NO_COLOR": "1"], in: program).lines.allSatisfy { $0.count <= 80 })
    let scores = try program("plot", "--run", "1", "2", "--metric", "top1 acc").stdout
    #expect(scores.contains("run 1 (highest ") && scores.hasPrefix("'top1 acc' of 2 runs\n"))
    let svg = try program("plot", "--run", "1", "2", "--metric", "val_loss,train_loss", "--smooth", "0.9", "--x", "time", "-o", "-").stdout
    #expect(svg.matches(of: /[ ]pale"/).count == 4 && svg.contains(">minutes</text>") && svg.contains("run 2 train_loss"))
    #expect(svg.matches(of: /class="mark best/).count == 8)
    let odd = try program("plot", "--run", "1", "--metric", "\"odd, \"\"key\n😀\"", "-o", "-")
    #expect(odd.status == 0 && !odd.stdout.contains("nan"))
    #expect(try program("plot", "xor/1", "--metric", "val_loss").lines[0] == "val_loss of xor/1")
    #expect(try program("plot", "--run", "4").lines[0] == "Loss of run 4", "a training keeps its picture")
    #expect(try program("plot", "--run", "4", "1", "--metric", "train_loss,val_loss").stdout.contains("run 4 has no val_loss"))
  }

  @Test("compares any params, last and best metrics, and the files of versions by digest")
  func compare() throws {
    let json = try program("compare", "--run", "1", "2", "--format", "json").json()
    #expect(json.differing_params == ["lr"] && json.metrics?.val_loss == ["NaN", "NaN"])
    #expect(json.best_metrics?.val_loss?.array.count == 2 && json.best_metrics?.val_loss?.array[0].step == 35)
    #expect(json.curves?.array[1].metrics?.val_loss?.steps?.numbers.count == 44)
    let text = try program("compare", "--run", "1", "2").stdout
    #expect(text.contains("metrics (best)") && text.contains("val_loss, train_loss"))
    #expect(try program("compare", "--run", "1", "3").status == 0 && program("compare", "--run", "3", "4").status == 0)
    let files = try program("compare", "xor/1", "xor/2", "--format", "json").json().files?.array ?? []
    #expect(files.map { $0.path } == ["a.txt", "b.txt", "c.txt"] && files.map { $0.status } == ["equal", "added", "changed"])
    let shown = try program("compare", "xor/1", "xor/2").stdout
    #expect(shown.contains("files of xor/2 against xor/1 (1 more is equal)\n") && shown.contains("  c.txt  changed"))
    #expect(try program("compare", "xor/1", "xor/2", "--format", "csv").stdout.contains("file status,c.txt,\"\",changed\n"))
  }

  @Test("compares the curve that most runs have, and says which run lacks it; plot says which others there are")
  func sharedCurve() throws {
    let program = try Program()
    for line in [#""train_loss": 0.5, "val_loss": 0.4"#, #""train_loss": 0.6"#, #""train_loss": 0.7"#, #""acc": 0.9"#] {
      let lines = (0..<3).map { "{\"step\": \($0), \(line.replacing("0.", with: "\($0)."))}\n" }.joined()
      #expect(try program("log", input: lines + #"{"end": "finished"}"#).status == 0)
    }
    let text = try program("compare", "--run", "1", "2", "3", "4").stdout
    #expect(text.contains("train_loss") && text.contains("run 4 has no train_loss") && text.contains("run 3"), "\(text)")
    let many = (0..<10).map { "\"loss\($0)\": N.\($0)" }.joined(separator: ", ")
    let input = (0..<2).map { "{\"step\": \($0), \(many.replacing("N", with: "\($0)"))}\n" }.joined()
    #expect(try program("log", input: input + #"{"end": "finished"}"#).status == 0)
    let plot = try program("plot", "--run", "5")
    #expect(plot.status == 0 && plot.stderr.hasPrefix("(6 other curves: --metric loss"), "\(plot.stderr)")
    #expect(try program("plot", "--run", "5", "--metric", "loss1").stderr == "")
  }

  @Test("exports a run as a folder: files, run.json and metrics.csv; a version of files as its files")
  func export() throws {
    #expect(try program("export", "--run", "1", "-o", "out").stdout == "Exported run 1 to out: 1 file, 3 bytes\n")
    func read(_ path: String) throws -> String { try String(contentsOfFile: program.folder.path(path), encoding: .utf8) }
    #expect(try read("out/artifacts/in/a.txt") == "one")
    #expect(try read("out/run.json") == program("show", "--run", "1", "--format", "json").stdout)
    let csv = try read("out/metrics.csv")
    #expect(csv.hasPrefix("key,step,value,time\n") && csv.contains("val_loss,-3,1.") && csv.contains("val_loss,40,nan,"))
    #expect(csv.contains("\"odd, \"\"key\n😀\",0,1.0,1700000000000\n"))
    try Refusal(
      "export", "--run", "1", "-o", "out", code: 73, error: "'out/run.json' exists already.", hint: "--force replaces it"
    ).check(in: program)
    try program.folder.write("out/metrics.csv", "mine")
    #expect(try program("export", "--run", "1", "-o", "out/", "--force").status == 0)
    #expect(try read("out/metrics.csv") == csv)
    #expect(try program("export", "xor/2", "-o", "files", "--format", "json").json().files == 3 && read("files/b.txt") == "two")
    #expect(try program.command(["sh", "-c", "ls -A . out | grep tmp"]).stdout == "", "nothing is left over")
  }

  @Test("exports every value of a step that was logged again, the one that counts last")
  func loggedAgain() throws {
    let lines =
      [(0, 1), (1, 2), (0, 3), (0, 4)].map { #"{"step": \#($0.0), "m": \#($0.1), "time": \#($0.1)}"# } + [#"{"end": "finished"}"#]
    #expect(try program("log", input: lines.joined(separator: "\n")).status == 0)
    #expect(try program("export", "--run", "5", "-o", "out").status == 0)
    let csv = try String(contentsOfFile: program.folder.path("out/metrics.csv"), encoding: .utf8)
    #expect(csv == "key,step,value,time\nm,0,1.0,1\nm,0,3.0,3\nm,0,4.0,4\nm,1,2.0,2\n")
    #expect(try program("show", "--run", "5", "--format", "json").json().history?.m?.values?.numbers == [4, 2])
  }

  @Test("a folder's link leads no file elsewhere")
  func link() throws {
    #expect(try program.command(["sh", "-c", "mkdir -p out elsewhere && ln -s ../elsewhere out/artifacts"]).status == 0)
    try Refusal("export", "--run", "1", "-o", "out", "--force", code: 73, error: "'out/artifacts' is no folder.").check(in: program)
    #expect(try program.command(["ls", "elsewhere"]).stdout == "")
  }

  static let refusals: [Refusal] = [
    Refusal(
      "plot", "--run", "1", "--metric", "val_los", code: 65, error: "--metric: run 1 in registry.db has no metric 'val_los'.",
      hint: #"did you mean val_loss? known: "odd, ""key⏎😀", top1 acc, train_loss, val_loss"#),
    Refusal("plot", "--run", "1", "2", "--metric", "x", code: 65, error: "--metric: none of run 1, run 2 in registry.db has a metric 'x'."),
    Refusal(
      "plot", "--run", "3", code: 65, error: "run 3 in registry.db has no curve beside the others' to plot.",
      hint: "registry show --run 3 --db registry.db"),
    Refusal("plot", "--run", "4", "3", "--metric", "train_loss", code: 65, error: "run 3 in registry.db has no 'train_loss' to plot."),
    Refusal(
      "plot", "--run", "1", "--smooth", "1", code: 64, error: "'--smooth 1': it has to be 0 or more and less than 1.", hint: "--smooth 0.9"),
    Refusal("plot", "--run", "1", "--metric", "a,,b", code: 64, error: "'--metric a,,b': a metric has no name."),
    Refusal(
      "plot", "neural-net/1", "--kind", "boundary", "--metric", "a", code: 64,
      error: "'--metric a' and '--kind boundary' exclude each other."),
    Refusal("export", "--run", "9", "-o", "x", code: 66, error: "no run 9 in registry.db (newest is 4)."),
    Refusal("export", "--run", "1", "-o", "-", code: 64, error: "several files can't go to standard output.", hint: "-o DIR"),
    Refusal("export", "--run", "1", "-o", "a.txt", code: 73, error: "'a.txt' is a file, not a folder."),
    Refusal(
      "export", "--run", "1", "-o", "no/such", code: 66, error: "cannot create 'no/such': there is no folder 'no'.", hint: "mkdir -p no"),
    Refusal(
      "export", "xor/1", "-o", "m.pt", code: 65, error: "xor/1 has files alone, no tensors.",
      hint: "registry export xor/1 -o DIR --db registry.db"),
    Refusal(
      "export", "--run", "1", "--as", "pt", "-o", "x", code: 64, error: "'--as pt' is for versions: a run is written as a folder."),
    Refusal("export", "-o", "x.pt", code: 64, error: "export needs a version or --run."),
  ]

  @Test("what makes no sense is refused", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: program) }
}
