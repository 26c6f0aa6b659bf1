import Foundation
import TestSupport
import Testing

struct PlotCommandTests {
  private func plot(_ arguments: String...) throws -> ProcessResult { try Shared.tutorial().program(["plot"] + arguments) }

  @Test("a version's losses in the terminal are as wide as asked", arguments: [40, 80, 200])
  func width(width: Int) throws {
    for kind in ["loss", "boundary", "confusion"] {
      let result = try plot("1", "--kind", kind, "--width", "\(width)")
      #expect(result.status == 0 && result.stderr == "")
      #expect(result.lines.allSatisfy { $0.count <= width })
      #expect(result.lines.first?.contains("neural-net/1") == true)
    }
  }

  @Test("into a pipe go no colours")
  func plain() throws { #expect(try !plot("1", "2").stdout.contains("\u{1b}")) }

  @Test("SVG on standard output is the same each time", arguments: ["loss", "boundary", "confusion"])
  func svg(kind: String) throws {
    let result = try plot("1", "--kind", kind, "--output", "-")
    #expect(result.stdout.hasPrefix("<svg ") && result.stdout.hasSuffix("</svg>\n"))
    #expect(result.stdout.utf8.count < 100_000)
    #expect(try plot("1", "--kind", kind, "--output", "-") == result)
  }

  @Test("the tutorial's boundary has all of its samples, as circles and crosses")
  func samples() throws {
    let svg = try plot("1", "--kind", "boundary", "--output", "-").stdout
    let circles = svg.matches(of: /<circle class="mark s0/).count
    let crosses = svg.matches(of: /<path class="mark s1/).count
    // One of each stands in the legend.
    #expect(circles + crosses - 2 == 100)
    #expect(circles > 40 && crosses > 40)
  }

  @Test("a run plots as its version does, but for the title")
  func runs() throws {
    let (version, run) = (try plot("2"), try plot("--run", "2"))
    #expect(version.lines.first == "Loss of neural-net/2" && run.lines.first == "Loss of run 2")
    #expect(version.lines.dropFirst() == run.lines.dropFirst())
    #expect(try plot("--run", "1", "2", "3").lines.first == "Loss of 3 runs")
  }

  @Test("a file is written whole, and an existing one only with --force")
  func files() throws {
    let program = try Program(copying: Shared.tutorial().program)
    let result = try program("plot", "1", "--output", "loss.svg")
    #expect(result.status == 0 && result.stdout == "")
    let text = String(decoding: try #require(try program.files()["loss.svg"]), as: UTF8.self)
    #expect(text == (try program("plot", "1", "-o", "-").stdout))
    try Refusal("plot", "2", "--output", "loss.svg", code: 73, error: "'loss.svg' exists already.", hint: "--force replaces it").check(
      in: program)
    #expect(try program("plot", "2", "--output", "loss.svg", "--force").status == 0)
    #expect(try program.files()["loss.svg"] != Data(text.utf8))
    #expect(try Set(program.files().keys) == ["registry.db", "loss.svg"])
  }

  @Test("classes of 30 features have a confusion matrix, whose counts are evaluate's")
  func confusion() throws {
    let program = try Shared.cancer().program
    let svg = try program("plot", "cancer/1", "--kind", "confusion", "-o", "-").stdout
    let matrix = try program("evaluate", "--version", "cancer/1", "--format", "json").json().confusion_matrix?.numbers ?? []
    #expect(matrix.count == 4)
    for number in matrix { #expect(svg.contains(">\(Int(number))</text>")) }
    #expect(svg.contains(">malignant</text>"))
  }

  @Test("predicted against true, with a point for each test row")
  func predicted() throws {
    let program = try Program()
    let trained = try program(
      "train", "--csv", Fixtures.path("data/diabetes.csv"), "--target", "target", "--standardize", "--epochs", "20", "--model", "<b>&\"d\"")
    #expect(trained.status == 0)
    let svg = try program("plot", "<b>&\"d\"@latest", "--kind", "predicted", "-o", "-").stdout
    #expect(svg.matches(of: /<circle class="dot f0/).count == 89)
    #expect(svg.contains("&lt;b&gt;&amp;&quot;d&quot;/1") && !svg.contains("<b>"))
  }

  @Test("a loss that became NaN is drawn as far as it goes, and what is left out is said")
  func nan() throws {
    let program = try Program()
    let trained = try program(
      "train", "--csv", Fixtures.path("data/diabetes.csv"), "--target", "target", "--task", "regression", "--learning-rate", "10",
      "--epochs",
      "50", "--model", "wild")
    #expect(trained.status == 0)
    let result = try program("plot", "wild/1")
    #expect(result.status == 0 && result.lines.last?.hasSuffix("values are NaN or infinite and left out") == true)
    let svg = try program("plot", "wild/1", "-o", "-").stdout
    #expect(!svg.contains("nan") && !svg.contains("inf ") && svg.contains("left out"))
    let compared = try program("compare", "wild/1", "wild/1", "--format", "json")
    #expect(compared.status == 0)
    #expect(try compared.json().metrics?.test_loss == .array([.string("NaN"), .string("NaN")]))
  }

  static let refusals: [Refusal] = [
    Refusal("plot", code: 64, error: "plot needs a version or a run.", hint: "registry plot latest"),
    Refusal("plot", "1", "--run", "1", code: 64, error: "versions and --run exclude each other."),
    Refusal("plot", "1", "2", "--kind", "boundary", code: 64, error: "'--kind boundary' takes one version, not 2."),
    Refusal("plot", "--run", "1", "--kind", "boundary", code: 64, error: "'--kind boundary' needs a version, not run 1."),
    Refusal("plot", "1", "--kind", "boundary", "--log", code: 64, error: "'--log' and '--kind boundary' exclude each other."),
    Refusal("plot", "1", "--width", "7", code: 64, error: "'--width 7': it has to be between 20 and 1000."),
    Refusal("plot", "1", "-o", "x.svg", "--width", "80", code: 64, error: "'--width 80': it has to be between 320 and 4000."),
    Refusal("plot", "1", "-o", "x.png", code: 64, error: "'--output x.png': only SVG is drawn."),
    Refusal("plot", "1", "-o", "no/x.svg", code: 66, error: "cannot create 'no/x.svg': there is no folder 'no'.", hint: "mkdir -p no"),
    Refusal(
      "plot", "1", "--dataset", "nothing", "--kind", "confusion", code: 66,
      error: "no dataset 'nothing' in registry.db (there is 'blobs-seed42', 'blobs-seed1', 'blobs-seed0')."),
    Refusal("plot", "9", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3)."),
    Refusal(
      "plot", "1", "--kind", "predicted", code: 65, error: "'--kind predicted': neural-net/1 predicts classes, not numbers.",
      hint: "registry plot neural-net/1 --kind confusion --db registry.db"),
  ]

  @Test("what can't be drawn is refused, and nothing is written", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: Shared.tutorial().program) }
}
