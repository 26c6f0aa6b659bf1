import Datasets
import Foundation
import TestSupport
import Testing

/// Against scikit-learn's rows (Scripts/make_stratify_references.py).
struct StratifiedSplitTests {
  struct Case: Decodable {
    let labels: [Int64]
    let classes: Int
    let fraction: Double
    let seed: UInt64
    let train, test: [Int]?
    let error: String?
  }

  private func split(_ labels: [Int64], classes: Int, _ fraction: Double, seed: UInt64) throws -> (train: [Int], test: [Int]) {
    try stratifiedSplit(labels: labels, classes: (0..<classes).map(String.init), testFraction: fraction, seed: seed)
  }

  @Test("each part has scikit-learn's rows in its order, and where scikit-learn refuses, so does this")
  func matchesScikitLearn() throws {
    let cases = try JSONDecoder().decode([Case].self, from: Fixtures.data("stratify.json"))
    #expect(cases.count == 216 && cases.count { $0.error == nil } > 150)
    for sample in cases {
      let name = Comment(rawValue: "\(sample.labels.count) rows, fraction \(sample.fraction), seed \(sample.seed)")
      do {
        let parts = try split(sample.labels, classes: sample.classes, sample.fraction, seed: sample.seed)
        #expect(parts.train == sample.train && parts.test == sample.test, name)
      } catch DatasetError.oneRowToStratify(let name) {
        #expect(sample.error == "single" && name == "1")
      } catch DatasetError.tooFewRowsToStratify(let part, _, let classes) {
        #expect(sample.error == part && classes == sample.classes, name)
      }
    }
  }

  @Test("a class that no row has is passed over")
  func emptyClass() throws {
    let labels: [Int64] = [0, 2, 0, 2, 0, 2, 2, 2]
    let parts = try split(labels, classes: 3, 0.25, seed: 4)
    let without = try split(labels.map { $0 / 2 }, classes: 2, 0.25, seed: 4)
    #expect(parts.train == without.train && parts.test == without.test)
  }

  private func read(_ text: String, _ change: (inout CSVOptions) -> Void = { _ in }) throws -> Dataset {
    let folder = try TemporaryFolder()
    let file = folder.path("a.csv")
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    var options = CSVOptions(target: "y")
    change(&options)
    return try readDataset(csv: .path(file), options: options).dataset
  }

  @Test("a file is split so, and its source says so and is read back; without the option the source keeps its bytes")
  func file() throws {
    let text = "x,y\n" + (0..<40).map { "\($0),\($0 % 10 == 0 ? "rare" : "usual")\n" }.joined()
    let plain = try read(text)
    #expect(
      plain.source.json
        == #"{"delimiter":",","drop_missing":false,"dropped_rows":0,"file":"a.csv","kind":"csv","seed":0,"task":"binary","test_fraction":0.2}"#
    )
    let dataset = try read(text) { $0.stratify = true }
    #expect(dataset.labels(.test).count { $0 == 0 } == 1 && dataset.labels(.train).count { $0 == 0 } == 3)
    #expect(dataset.source.json.contains(#""stratify":true"#))
    #expect(try DatasetSource(json: dataset.source.json) == dataset.source)
  }

  @Test("numbers have no classes to keep the shares of")
  func numbers() {
    #expect(throws: DatasetError.numbersToStratify(target: "y")) {
      try read("x,y\n" + (0..<9).map { "\($0),\($0).5\n" }.joined()) { $0.stratify = true }
    }
  }
}
