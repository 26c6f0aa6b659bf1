import Datasets
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Datasets from CSV files")
struct CSVDatasetTests {
  private func read(_ text: String, target: String = "y", change: (inout CSVOptions) -> Void = { _ in }) throws -> (Dataset, TaskInference)
  {
    let folder = try TemporaryFolder()
    var options = CSVOptions(target: target)
    options.testFraction = 0.25
    change(&options)
    let result = try readDataset(csv: .path(folder.write("a.csv", text)), options: options)
    return (result.dataset, result.inference)
  }

  /// Rows of both parts, sorted by their first feature: the file's order where that column counts up.
  private func rows(_ dataset: Dataset) -> [[Double]] {
    let width = dataset.featureCount
    return Dataset.Part.allCases.flatMap { part -> [[Double]] in
      let x = dataset.x(part)
      let y = dataset.columns.target.classes == nil ? dataset.numbers(part) : dataset.labels(part).map(Double.init)
      return (0..<dataset.count(part)).map { Array(x[$0 * width..<($0 + 1) * width]) + [y[$0]] }
    }.sorted { $0[0] < $1[0] }
  }

  @Test(
    "iris, breast_cancer and diabetes are read with their tasks",
    arguments: [
      ("iris", 120, 30, 4, ["setosa", "versicolor", "virginica"], LearningTask.multiclass),
      ("breast_cancer", 455, 114, 30, ["benign", "malignant"], .binary), ("diabetes", 353, 89, 10, nil, .regression),
    ] as [(String, Int, Int, Int, [String]?, LearningTask)])
  func known(name: String, train: Int, test: Int, width: Int, classes: [String]?, task: LearningTask) throws {
    let (dataset, inference, _) = try readDataset(csv: .path(Fixtures.path("data/\(name).csv")), options: CSVOptions(target: "target"))
    #expect((dataset.trainCount, dataset.testCount) == (train, test))
    #expect(dataset.featureCount == width)
    #expect(dataset.columns.target.classes == classes)
    #expect(inference.task == task)
    #expect(dataset.tensors["x_train"]?.shape == [train, width])
  }

  // train_test_split(test_size=0.2, random_state=0), then StandardScaler().fit on the training part
  @Test("diabetes is split and standardised to scikit-learn's bits")
  func standardised() throws {
    struct Reference: Decodable {
      let mean: Double
      let scale: Double

      enum CodingKeys: String, CodingKey {
        case mean = "target_mean"
        case scale = "target_scale"
      }
    }
    let reference = try JSONDecoder().decode(Reference.self, from: Fixtures.data("regression_seed0.json"))
    let (dataset, _, _) = try readDataset(csv: .path(Fixtures.path("data/diabetes.csv")), options: CSVOptions(target: "target"))
    let scaler = try TargetScaler(fitting: dataset.numbers(.train))
    #expect(scaler.standardization == (try Standardization(mean: reference.mean, scale: reference.scale)))
    let encoder = try FeatureEncoder(standardizing: dataset.columns.features, fitting: dataset.x(.train))
    #expect(
      encoder.standardizations.map { $0?.mean } == [
        48.74787535410765, 1.4872521246458923, 26.31133144475921, 94.45509915014166, 188.77337110481585, 114.87507082152973,
        49.72946175637394, 4.081756373937678, 4.641743626062319, 91.21529745042493,
      ])
    #expect(
      encoder.standardizations.map { $0?.scale } == [
        13.330465321367448, 0.4998374652564122, 4.535586289165012, 13.66519302257663, 34.23969292145007, 30.071760284992354,
        12.818233913978418, 1.3021848180729623, 0.5373494602764322, 11.912290103352257,
      ])
  }

  @Test(
    "one table in many spellings is one dataset",
    arguments: [
      "i,a,y\n1,x,no\n2,\"q,\"\"r\"\"\n\",yes\n3,x,no\n4,x,yes\n5,x,no\n6,x,yes\n",
      "i,a,y\r\n1,x,no\r\n2,\"q,\"\"r\"\"\n\",yes\r\n3,x,no\r\n4,x,yes\r\n5,x,no\r\n6,x,yes",
      "\u{feff}i;a;y\n1;x;no\n2;\"q,\"\"r\"\"\n\";yes\n3;x;no\n4;x;yes\n5;x;no\n6;x;yes\n\n\n",
      "i\ta\ty\n1\tx\tno\n2\t\"q,\"\"r\"\"\n\"\tyes\n3\tx\tno\n4\tx\tyes\n5\tx\tno\n6\tx\tyes\n",
      "\"i\",\"a\",\"y\"\n\"1\",\"x\",\"no\"\n 2.0 ,\"q,\"\"r\"\"\n\", yes \n+3,x,no\n4e0,x,yes\n0.5e1,x,no\n06,x,yes\n",
    ])
  func spellings(text: String) throws {
    let (dataset, inference) = try read(text)
    #expect(dataset.columns.features == [FeatureColumn(name: "i"), FeatureColumn(name: "a", categories: ["q,\"r\"\n", "x"])])
    #expect(rows(dataset) == [[1, 1, 0], [2, 0, 1], [3, 1, 0], [4, 1, 1], [5, 1, 0], [6, 1, 1]])
    #expect(inference.description == "'y' has the two values 'no' and 'yes': binary")
    // hashlib's digest over the same JSON and NumPy's bytes
    #expect(dataset.digest.hex == "d6ec49373d941a0bbdd887f9e05c77681b6febf03ece380b1ba4dcb89cffb8ca")
  }

  @Test(
    "the task is taken from the target",
    arguments: [
      (["0", "1"], LearningTask.binary, ["0", "1"]), (["1", "0", "1.0"], .binary, ["0", "1"]), (["b", "a"], .binary, ["a", "b"]),
      (["3.5", "-1"], .binary, ["-1", "3.5"]), (["b", "a", "é", "z"], .multiclass, ["a", "b", "z", "é"]),
      (["10", "9", "2"], .multiclass, ["2", "9", "10"]), (["0.5", "1", "2"], .regression, nil),
      ((0..<20).map(String.init), .multiclass, (0..<20).map(String.init)), ((0..<21).map(String.init), .regression, nil),
    ] as [([String], LearningTask, [String]?)])
  func inference(values: [String], task: LearningTask, classes: [String]?) throws {
    let (dataset, inference) = try read("a,y\n" + (0..<values.count * 8).map { "\($0),\(values[$0 % values.count])\n" }.joined())
    #expect(inference.task == task)
    #expect(dataset.columns.target.classes == classes)
  }

  @Test("few rows per integer make a number, not a class")
  func fewRows() throws {
    let (_, inference) = try read("a,y\n1,1\n2,2\n3,3\n4,4\n5,5\n6,6\n")
    #expect((inference.task, inference.reason) == (.regression, .numbers))
  }

  @Test("rows with a missing cell are left out when asked, counted, and leave no trace")
  func dropMissing() throws {
    let text = "i,a,y\n1,x,0\n2,ghost,\nNA,x,1\n3,x,1\n4,null,1\n5,z,0\n6,z,1\n"
    let (dataset, _) = try read(text) { $0.dropMissing = true }
    #expect(rows(dataset) == [[1, 0, 0], [3, 0, 1], [5, 1, 0], [6, 1, 1]])
    #expect(dataset.columns.features[1].categories == ["x", "z"])
    guard case .csv(let source) = dataset.source else {
      Issue.record("not a CSV source")
      return
    }
    #expect(source.droppedRows == 3)
    #expect(throws: CSVError.self) { try read("a,y\n,1\n,2\n") { $0.dropMissing = true } }
  }

  @Test("a column that is named categorical takes numbers as texts")
  func categorical() throws {
    let (dataset, _) = try read("i,zip,y\n1,0100,0\n2,100,1\n3,x,0\n4,1e999,1\n") { $0.categorical = ["zip"] }
    #expect(dataset.columns.features[1].categories == ["0100", "100", "1e999", "x"])
    #expect(throws: CSVError.self) { try read("a,y\n1,0\n2,1\n") { $0.categorical = ["zip"] } }
  }

  @Test("a test file may have its columns in another order, but no new category or class")
  func testFile() throws {
    let folder = try TemporaryFolder()
    let train = try folder.write("train.csv", "i,a,y\n1,x,0\n2,z,1\n")
    func read(_ text: String) throws -> Dataset {
      try readDataset(csv: .path(train), testFile: .path(folder.write("test.csv", text)), options: CSVOptions(target: "y")).dataset
    }
    let dataset = try read("y;extra;a;i\n1.0;?;x;7\n0;?;z;8\n")
    #expect(dataset.x(.train) == [1, 0, 2, 1])
    #expect(dataset.x(.test) == [7, 0, 8, 1])
    #expect(dataset.labels(.test) == [1, 0])
    #expect(dataset.source.json.contains(#""test_file":"test.csv""#))
    for (text, message) in [
      ("i,a,y\n1,x,0\n1,q,0\n", " line 3, column 'a': 'q' is an unseen category; known are 'x', 'z'"),
      ("i,a,y\n1,x,2\n", " line 2, column 'y': '2' is an unseen class; known are '0', '1'"),
      ("i,a\n1,x\n", " line 1: no column 'y'; there are 'i', 'a'"), ("i,a,y\n", ": a header and no row"),
    ] {
      let error = #expect(throws: CSVError.self) { try read(text) }
      #expect(error?.description == "'\(folder.path("test.csv"))'\(message)")
    }
  }

  @Test("a class without a training row is refused")
  func classMissing() {
    #expect(
      throws: DatasetError.classNotInTraining(name: "2", target: "y", testFraction: 0.25, seed: 0, isStratified: false)
    ) {
      try read("a,y\n1,0\n2,1\n3,2\n4,0\n") {
        $0.task = .multiclass
        $0.seed = 0
      }
    }
  }

  @Test("standard input and any descriptor are read, whatever the size of its reads")
  func descriptor() throws {
    let pipe = Pipe()
    let lines: [String] = (0..<2_000).map { "\($0),\($0 % 2)\n" }
    let text = "a,y\n" + lines.joined()
    let writer = Thread {
      for start in stride(from: 0, to: text.utf8.count, by: 7) {
        pipe.fileHandleForWriting.write(Data(text.utf8.dropFirst(start).prefix(7)))
      }
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    let (dataset, _, _) = try readDataset(
      csv: .descriptor(pipe.fileHandleForReading.fileDescriptor, name: "-"), options: CSVOptions(target: "y"))
    #expect(dataset.trainCount == 1_600)
    #expect(rows(dataset).map { $0[0] } == (0..<2_000).map(Double.init))
  }

  @Test("missing cells of features are kept where they are asked for, in numbers and categories, and come out as nothing")
  func keepMissing() throws {
    let text = "a,b,y\n,x,1\n2,,2\n3,z,3\nNA,x,4\n"
    let (dataset, _) = try read(text) { $0.keepMissing = true }
    #expect(dataset.missingCounts == [2, 1])
    #expect(dataset.columns.features.map(\.categories) == [nil, ["x", "z"]])
    let missing = (dataset.x(.train) + dataset.x(.test)).filter(\.isNaN)
    #expect(missing.count == 3 && missing.allSatisfy { $0.bitPattern == Dataset.missingCell.bitPattern })
    var exported: [UInt8] = []
    try dataset.writeCSV { exported += $0 }
    let (again, _) = try read(String(decoding: exported, as: UTF8.self)) { $0.keepMissing = true }
    #expect(again.missingCounts == [2, 1])
    let stored = try Dataset(columnsJSON: dataset.columns.json, sourceJSON: dataset.source.json, tensors: dataset.tensors)
    #expect(stored == dataset && stored.digest == dataset.digest)
  }

  @Test("a file without missing cells is the same dataset whether they are kept or not")
  func keepMissingOfNone() throws {
    let text = "a,b,y\n1,x,1\n2,y,2\n3,z,3\n4,x,4\n"
    #expect(try read(text) { $0.keepMissing = true }.0.digest == read(text).0.digest)
  }

  @Test("a missing target is an error, or its row is left out, though features are kept")
  func missingTarget() throws {
    let text = "a,y\n1,1\n2,\n,3\n4,4\n5,5\n"
    #expect(throws: CSVError.self) { try read(text) { $0.keepMissing = true } }
    let (dataset, _) = try read(text) {
      $0.keepMissing = true
      $0.dropMissing = true
    }
    #expect(dataset.trainCount + dataset.testCount == 4 && dataset.missingCounts == [1])
  }
}
