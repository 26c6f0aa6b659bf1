import Foundation
import TestSupport
import Testing

struct PredictCommandTests {
  private func predict(_ arguments: [String]) throws -> ProcessResult { try Shared.tutorial().program(["predict"] + arguments) }

  @Test(
    "a point is taken in every form that it has",
    arguments: [
      ["--version", "3", "-1", "1"], ["--version", "3", "--", "-1", "1"], ["-1", "1", "--version", "3"], ["--version=3", "-1", "1"],
      ["--version", "3", "--point", "-1,1"], ["--version", "3", "--point=-1,1"], ["--version", "3", "--point", "-1.0,1e0"],
      ["--version", "neural-net/3", "-1", "1"], ["--version", "latest", "-1", "1"], ["-1", "1"], ["--model", "neural-net", "-1", "1"],
      ["--version", "neural-net@latest", "-1", "1"], ["--version", "@latest", "-1", "1"], ["-1e0", "+1"],
    ])
  func point(arguments: [String]) throws {
    let expected = try predict(["--version", "3", "--point", "-1,1", "--format", "json"])
    let result = try predict(arguments + ["--format", "json"])
    // Behind -- an option is a feature.
    guard !arguments.contains("--") else {
      #expect(try predict(arguments).lines.last == predict(["--version", "3", "-1", "1"]).lines.last)
      return
    }
    #expect(result == expected)
    #expect(result.status == 0 && result.stderr == "")
  }

  @Test("a version among the values gets the option that it belongs to")
  func versionAsValue() throws {
    try Refusal(
      "predict", "neural-net/3", "-1", "1", code: 65, error: "the point has 3 values, the version takes 2 (x0, x1).",
      hint: "registry predict --version neural-net/3 -1 1"
    ).check(in: Program(copying: Shared.tutorial().program))
    let several = try Program(copying: Shared.tutorial().program)
    #expect(try several("train", "--epochs", "1", "--quiet", "--model", "other").status == 0)
    let result = try several("predict", "other@latest", "-1", "1")
    #expect(result.stderr.contains("may be a version of several models"))
    #expect(result.stderr.contains("hint: registry predict --version other@latest -1 1"), "\(result.stderr)")
    #expect(try !predict(["1", "2", "3"]).stderr.contains("hint"))
  }

  @Test("points come out in the order they are given in")
  func points() throws {
    let rows = try predict(["--version", "3", "--point", "-1,1", "--point", "1,1", "--point", "-1,1", "--format", "json"]).json().array
    #expect(rows.map { $0.x?.numbers } == [[-1, 1], [1, 1], [-1, 1]])
    #expect(rows.map(\.keys) == Array(repeating: ["x", "probability", "label"], count: 3))
    #expect(rows[0] == rows[2])
    #expect(rows[0] != rows[1])
  }

  @Test("without points: 20 rows of the test split with y, and the accuracy and loss that train gave", arguments: [1, 2, 3])
  func testSplit(version: Int) throws {
    let rows = try predict(["--version", "\(version)", "--format", "json"]).json().array
    #expect(rows.count == 20)
    #expect(rows.map(\.keys) == Array(repeating: ["x", "probability", "label", "y"], count: 20))
    let stored = try Shared.tutorial().program("show", "\(version)", "--format", "json").json()
    let accuracy = try #require(stored.accuracy?.number)
    #expect(Double(rows.count { $0.label == $0.y }) / 20 == accuracy)
    // BCELoss over what was printed.
    let losses = try rows.map { row in
      let p = try #require(row.probability?.number)
      return -log(row.y == .string("1") ? p : 1 - p)
    }
    #expect(agree(losses.reduce(0, +) / 20, try #require(stored.test_loss?.number), relative: 1e-5))
    let table = try predict(["--version", "\(version)"])
    #expect(table.lines.count == 22)
    #expect(table.lines.first?.split(separator: " ") == ["x0", "x1", "y", "probability", "label"])
    #expect(table.lines.last?.hasPrefix(accuracy == 1 ? "accuracy 1, loss " : "accuracy \(accuracy), loss ") == true)
    #expect(table.lines.last?.hasSuffix(" on 20 test samples") == true)
  }

  @Test("CSV has a header once and the numbers of the JSON")
  func csv() throws {
    let csv = try predict(["--version", "3", "--format", "csv"])
    let rows = try predict(["--version", "3", "--format", "json"]).json().array
    #expect(csv.lines.first == "x0,x1,y,probability,label")
    let cells = csv.lines.dropFirst().map { $0.split(separator: ",").map { Double($0) } }
    #expect(cells.map { [$0[0], $0[1], $0[3]] } == rows.map { ($0.x?.numbers ?? []) + [$0.probability?.number] })
    #expect(cells.map { $0[2] } == rows.map { Double($0.y?.string ?? "") })
  }

  @Test("a file of many rows is read whole, its header printed once", arguments: ["json", "csv", "table"])
  func manyRows(format: String) throws {
    let text = "x1,x0\n" + (0..<10_000).map { "\($0 % 7),\(-($0 % 5))\n" }.joined()
    let result = try Shared.tutorial().program(["predict", "--csv", "-", "--format", format], input: text)
    #expect(result.status == 0)
    if format == "json" {
      let rows = try result.json().array
      #expect(rows.count == 10_000)
      #expect(rows[9_999].x?.numbers == [-4, 3])
    } else {
      #expect(result.lines.count { $0.contains("probability") } == 1)
      #expect(result.lines.count == 10_001)
      #expect(Set(result.lines.dropFirst()).count == 35)
    }
  }

  @Test("a file with a header and no row gives no predictions", arguments: [("json", "[]\n"), ("csv", "x0,x1,probability,label\n")])
  func noRows(format: String, expected: String) throws {
    let result = try Shared.tutorial().program(["predict", "--csv", "-", "--format", format], input: "x0,x1\n")
    #expect(result.status == 0)
    #expect(result.stdout == expected)
  }
}
