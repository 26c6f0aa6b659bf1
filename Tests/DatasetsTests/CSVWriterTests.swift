import Datasets
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Writing CSV")
struct CSVWriterTests {
  @Test("only what needs quotes is quoted")
  func quoting() {
    var writer = CSVWriter(delimiter: UInt8(ascii: ";"))
    for field in ["a", "b c", "d,e", "f;g", "h\"i", " j", "k\t", "l\nm", "", "층"] { writer.append(field) }
    writer.append(0.1)
    writer.append(-2.0)
    writer.endRecord()
    #expect(String(decoding: writer.take(), as: UTF8.self) == "a;b c;d,e;\"f;g\";\"h\"\"i\";\" j\";\"k\t\";\"l\nm\";\"\";층;0.1;-2\n")
  }

  @Test("random tables come back as the same dataset from what was written", arguments: 0..<30)
  func roundTrip(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    let dataset = try randomDataset(&generator)
    let folder = try TemporaryFolder()
    let delimiter = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")][Int(seed % 3)]
    for part in Dataset.Part.allCases {
      var bytes: [UInt8] = []
      try dataset.writeCSV([part], delimiter: delimiter) { bytes += $0 }
      try Data(bytes).write(to: folder.url.appending(path: part.rawValue))
    }
    var options = CSVOptions(target: dataset.columns.target.name)
    options.delimiter = delimiter
    options.categorical = dataset.columns.features.filter { $0.categories != nil }.map(\.name)
    options.task = dataset.columns.target.classes == nil ? .regression : .multiclass
    let back = try readDataset(csv: .path(folder.path("train")), testFile: .path(folder.path("test")), options: options).dataset
    #expect(back.columns == dataset.columns)
    #expect(back.tensors == dataset.tensors)
    #expect(back.digest == dataset.digest)
  }

  /// Any finite numbers, and names of any text; every category and class has a training row.
  private func randomDataset(_ generator: inout SplitMix) throws -> Dataset {
    func name(_ index: Int) -> String {
      String(
        (0..<Int.random(in: 0...6, using: &generator)).map { _ in "ab1 ,;\t\"\n\r'é층🙂\u{feff}".randomElement(using: &generator) ?? "a" })
        + "#\(index)"
    }
    func list(_ count: Int) -> [String] { (0..<count).map(name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    let features = (0..<Int.random(in: 1...5, using: &generator)).map { index in
      FeatureColumn(name: name(index), categories: Bool.random(using: &generator) ? list(.random(in: 1...4, using: &generator)) : nil)
    }
    let isClass = Bool.random(using: &generator)
    let target = TargetColumn(name: name(99), classes: isClass ? list(.random(in: 2...4, using: &generator)) : nil)
    func number() -> Double {
      let value = Double(bitPattern: generator.next())
      return value.isFinite ? value : 0.5
    }
    func x(_ rows: Int) throws -> Tensor {
      let values = (0..<rows).flatMap { row in features.map { $0.categories.map { Double(row % $0.count) } ?? number() } }
      return try Tensor(values, shape: [rows, features.count])
    }
    func y(_ rows: Int) -> Tensor {
      if let classes = target.classes { return Tensor((0..<rows).map { Int64($0 % classes.count) }) }
      return Tensor((0..<rows).map { _ in number() })
    }
    return try Dataset(
      columns: Columns(features: features, target: target), source: .makeBlobs(BlobsSource()),
      tensors: StateDict([("x_train", x(12)), ("y_train", y(12)), ("x_test", x(4)), ("y_test", y(4))]))
  }
}
