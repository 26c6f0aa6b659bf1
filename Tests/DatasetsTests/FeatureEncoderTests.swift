import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Encoding features and targets")
struct FeatureEncoderTests {
  let mixed = [FeatureColumn(name: "age"), FeatureColumn(name: "color", categories: ["blue", "red", "teal"]), FeatureColumn(name: "fee")]

  @Test("numbers pass as they are and categories become one-hot")
  func plain() throws {
    let encoder = try FeatureEncoder(columns: mixed)
    #expect(encoder.width == 5)
    #expect(try encoder.encode([1.5, 2, -3, 0.1, 0, 7]) == [1.5, 0, 0, 1, -3, 0.1, 1, 0, 0, 7])
  }

  @Test(
    "a column of one large number has it for its mean, however many rows there are",
    arguments: [1_706_659_200_000_000_000, 1e20, 1_234_567_890_123_456.7])
  func largeConstant(value: Double) throws {
    let columns = ["a", "b"].map { FeatureColumn(name: $0) }
    let encoder = try FeatureEncoder(standardizing: columns, fitting: (0..<3000).flatMap { [value, Double($0)] })
    #expect(encoder.standardizations[0]?.mean == value && encoder.standardizations[0]?.scale == 1)
  }

  // StandardScaler().fit([[0.1, 1e8, 3], [0.1, 1e8, 4], [0.1, 1e8 + 1e-7, 5]]): mean_ and scale_ as below
  @Test("constant columns get the scale 1, as scikit-learn's do")
  func constant() throws {
    let columns = ["a", "b", "c"].map { FeatureColumn(name: $0) }
    let encoder = try FeatureEncoder(standardizing: columns, fitting: [0.1, 1e8, 3, 0.1, 1e8, 4, 0.1, 1e8 + 1e-7, 5])
    #expect(encoder.standardizations.map { $0?.scale } == [1, 1, 0.816496580927726])
    #expect(encoder.standardizations.map { $0?.mean } == [0.10000000000000002, 100000000.00000004, 4])
  }

  @Test("a category is not standardised")
  func categoryStays() throws {
    let encoder = try FeatureEncoder(standardizing: mixed, fitting: [1, 2, 10, 3, 0, 30])
    #expect(encoder.standardizations.map { $0 == nil } == [false, true, false])
    #expect(try encoder.encode([3, 1, 10]) == [1, 0, 1, 0, -1])
  }

  @Test("the JSON brings the same encoder back, every bit of it")
  func roundTrip() throws {
    let encoder = try FeatureEncoder(standardizing: mixed, fitting: [0.1, 2, 1e-300, 1 / 3, 0, 3e-300, 0.7, 1, -1e-299])
    let json = try JSONEncoder().encode(encoder)
    #expect(try JSONDecoder().decode(FeatureEncoder.self, from: json) == encoder)
  }

  @Test(
    "a hostile encoder is refused",
    arguments: [
      "[]", "{}", #"[{"name":"a","type":"number"},{"name":"a","type":"number"}]"#, #"[{"name":"a","type":"tensor"}]"#,
      #"[{"name":"a","type":"category"}]"#, #"[{"name":"a","type":"category","categories":["x","x"]}]"#,
      #"[{"name":"a","type":"number","standardization":{"mean":0,"scale":0}}]"#,
      #"[{"name":"a","type":"number","standardization":{"mean":0,"scale":-1}}]"#,
      #"[{"name":"a","type":"number","standardization":{"mean":1e999,"scale":1}}]"#,
    ])
  func hostile(json: String) {
    #expect(throws: (any Error).self) { try JSONDecoder().decode(FeatureEncoder.self, from: Data(json.utf8)) }
  }

  @Test("a wrong width, an unknown category and a number beyond float32 are refused")
  func errors() throws {
    let encoder = try FeatureEncoder(columns: mixed)
    #expect(throws: DatasetError.wrongWidth(needed: 3, got: 1)) { try encoder.encode([1, 2, 3, 4]) }
    #expect(throws: DatasetError.unknownCategoryIndex(column: "color", value: 3, count: 3)) { try encoder.encode([1, 3, 3]) }
    #expect(throws: DatasetError.unknownCategoryIndex(column: "color", value: 0.5, count: 3)) { try encoder.encode([1, 0.5, 3]) }
    #expect(throws: DatasetError.beyondFloat32(column: "fee", value: 1e39)) { try encoder.encode([1, 1, 1e39]) }
  }

  @Test("one-hot columns that would fill the memory are refused before they do")
  func tooWide() throws {
    let columns = (0..<10).map { FeatureColumn(name: "c\($0)", categories: (0..<10_000).map(String.init)) }
    let encoder = try FeatureEncoder(columns: columns)
    #expect(throws: DatasetError.tooLarge(tensor: "encoded features", bytes: 4_000_400_000, limit: 4_000_000_000)) {
      try encoder.encode([Double](repeating: 0, count: 10 * 10_001))
    }
  }

  @Test("a target scaler goes there and back")
  func target() throws {
    let scaler = try TargetScaler(fitting: [1, 2, 3, 4])
    #expect(scaler.standardization == (try Standardization(mean: 2.5, scale: 1.25.squareRoot())))
    #expect(scaler.encode([2.5]) == [0])
    #expect(abs(scaler.decode(scaler.encode([3.7])[0]) - 3.7) < 1e-6)
    #expect(throws: DatasetError.self) { try TargetScaler(fitting: []) }
  }
}
