import Datasets
import Foundation
import TestSupport
import Testing

/// Against scikit-learn's StandardScaler and SimpleImputer (Scripts/make_preparing_fixture.py).
@Suite("Filling in missing cells and scaling")
struct ImputationTests {
  struct Fixture: Decodable {
    struct Scaling: Decodable {
      let columns: Int
      let x, mean, scale: [String]
    }
    struct Imputing: Decodable {
      let columns: Int
      let x: [String?]
      let mean, meanScale, median, medianScale, mostFrequent, mostFrequentScale: [String]
    }
    let scaling: [Scaling]
    let imputing: [Imputing]
  }

  private func numbers(_ texts: [String?]) throws -> [Double] {
    try texts.map { text in try text.map { try #require(Double($0)) } ?? Dataset.missingCell }
  }

  private func columns(_ count: Int) -> [FeatureColumn] { (0..<count).map { FeatureColumn(name: "x\($0)") } }

  @Test("columns that are constant up to rounding have scikit-learn's mean and scale, bit for bit, and are named")
  func nearConstant() throws {
    let cases = try JSONDecoder().decode(Fixture.self, from: Fixtures.data("preparing.json")).scaling
    #expect(cases.count == 12)
    for sample in cases {
      let x = try numbers(sample.x)
      let encoder = try FeatureEncoder(standardizing: columns(sample.columns), fitting: x)
      let scale = try numbers(sample.scale)
      #expect(try encoder.standardizations.map { $0?.mean } == numbers(sample.mean))
      #expect(encoder.standardizations.map { $0?.scale } == scale)
      // By chance none of the others has the scale 1.
      #expect(encoder.constantColumns(x) == scale.indices.filter { scale[$0] == 1 }.map { "x\($0)" })
    }
  }

  @Test("what is filled in and the scale after it are scikit-learn's, bit for bit", arguments: ImputationStrategy.allCases)
  func imputer(strategy: ImputationStrategy) throws {
    let cases = try JSONDecoder().decode(Fixture.self, from: Fixtures.data("preparing.json")).imputing
    #expect(cases.count == 12)
    for sample in cases {
      let (values, scales) =
        switch strategy {
        case .mean: (sample.mean, sample.meanScale)
        case .median: (sample.median, sample.medianScale)
        case .mostFrequent: (sample.mostFrequent, sample.mostFrequentScale)
        }
      let encoder = try FeatureEncoder(
        fitting: numbers(sample.x), columns: columns(sample.columns), impute: strategy, standardize: true)
      #expect(try encoder.imputations.map { $0?.value } == numbers(values))
      #expect(try encoder.standardizations.map { $0?.scale } == numbers(scales))
      #expect(encoder.imputationStrategy == strategy)
    }
  }

  let mixed = [FeatureColumn(name: "age"), FeatureColumn(name: "color", categories: ["blue", "red", "teal"])]
  let nan = Dataset.missingCell

  @Test("categories get their most frequent one, of equals the first by name, whatever numbers get", arguments: ImputationStrategy.allCases)
  func categories(strategy: ImputationStrategy) throws {
    let x = [1, 2, 3, 1, nan, 1, 8, 2, 3, nan]
    let encoder = try FeatureEncoder(fitting: x, columns: mixed, impute: strategy, standardize: false)
    #expect(encoder.imputations[1] == (try Imputation(strategy: .mostFrequent, value: 1)))
    let filled = try #require(encoder.imputations[0]?.value)
    #expect(filled == (strategy == .mean ? 3.75 : 3))
    #expect(try encoder.encode([nan, nan, 2, 0]) == [Float(filled), 0, 1, 0, 2, 1, 0, 0])
  }

  @Test("without a fit a missing cell is an error, and a column without any value can't be fitted")
  func refusals() throws {
    let plain = try FeatureEncoder(columns: mixed)
    #expect(throws: DatasetError.missingCell(column: "age")) { try plain.encode([nan, 1]) }
    #expect(throws: DatasetError.missingCell(column: "color")) { try plain.encode([1, nan]) }
    #expect(throws: DatasetError.missingCell(column: "color")) { try FeatureEncoder(standardizing: mixed, fitting: [1, nan]) }
    for strategy in ImputationStrategy.allCases {
      #expect(throws: DatasetError.nothingToImputeFrom(column: "color")) {
        try FeatureEncoder(fitting: [1, nan, 2, nan], columns: mixed, impute: strategy, standardize: true)
      }
    }
    #expect(throws: DatasetError.imputationTooLarge(column: "age")) {
      try FeatureEncoder(fitting: [1e308, 1, 1.5e308, 0], columns: mixed, impute: .mean, standardize: false)
    }
  }

  @Test("an unseen category is an error, or all zeros when it is ignored")
  func unseen() throws {
    let encoder = try FeatureEncoder(columns: mixed)
    let row = [4, FeatureEncoder.unseenCategory]
    #expect(throws: DatasetError.self) { try encoder.encode(row) }
    #expect(try encoder.encode(row, unseen: .ignore) == [4, 0, 0, 0])
    #expect(throws: DatasetError.self) { try encoder.encode([4, 3], unseen: .ignore) }
  }

  @Test("the JSON says what is filled in, brings it back, and without it is what it was")
  func json() throws {
    let encoder = try FeatureEncoder(fitting: [0.1, 2, nan, 2, 0.3, nan], columns: mixed, impute: .mean, standardize: true)
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    let json = String(decoding: try coder.encode(encoder), as: UTF8.self)
    #expect(json.contains(#""imputation":{"strategy":"mean","value":0.2}"#))
    #expect(json.contains(#""imputation":{"strategy":"most-frequent","value":"teal"}"#))
    #expect(try JSONDecoder().decode(FeatureEncoder.self, from: Data(json.utf8)) == encoder)
    let plain = try coder.encode(try FeatureEncoder(columns: mixed))
    #expect(
      String(decoding: plain, as: UTF8.self)
        == #"[{"name":"age","type":"number"},{"categories":["blue","red","teal"],"name":"color","type":"category"}]"#)
  }

  @Test(
    "a hostile imputation is refused",
    arguments: [
      #"{"strategy":"mode","value":1}"#, #"{"strategy":"mean","value":1e999}"#, #"{"strategy":"mean","value":"red"}"#,
      #"{"strategy":"mean"}"#, #"[]"#,
    ])
  func hostile(imputation: String) {
    let json = #"[{"name":"age","type":"number","imputation":\#(imputation)}]"#
    #expect(throws: (any Error).self) { try JSONDecoder().decode(FeatureEncoder.self, from: Data(json.utf8)) }
    let category = #"[{"name":"c","type":"category","categories":["a"],"imputation":{"strategy":"most-frequent","value":"b"}}]"#
    #expect(throws: (any Error).self) { try JSONDecoder().decode(FeatureEncoder.self, from: Data(category.utf8)) }
  }

  @Test("constant categories are named too, others aren't")
  func constantColumns() throws {
    let encoder = try FeatureEncoder(fitting: [5, 1, nan, nan, 5, 1], columns: mixed, impute: .mean, standardize: false)
    #expect(encoder.constantColumns([5, 1, nan, nan, 5, 1]) == ["age", "color"])
    #expect(encoder.constantColumns([5, 1, 6, 1, 5, 1]) == ["color"])
    #expect(encoder.constantColumns([5, 1, 5, 2, 5, 1]) == ["age"])
  }
}
