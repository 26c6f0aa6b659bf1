import Datasets
import TestSupport
import Testing

@Suite("Rows to predict from")
struct FeatureRowsTests {
  let features = [FeatureColumn(name: "age"), FeatureColumn(name: "color", categories: ["blue", "red"])]
  let target = TargetColumn(name: "y", classes: ["0", "1"])

  private func batches(
    _ text: String, features: [FeatureColumn]? = nil, target: TargetColumn? = nil, dropMissing: Bool = false, batchRows: Int = 4_096
  ) throws -> [FeatureRows.Batch] {
    let folder = try TemporaryFolder()
    var rows = try FeatureRows.open(
      .path(folder.write("a.csv", text)), features: features ?? self.features, target: target, dropMissing: dropMissing,
      batchRows: batchRows)
    var batches: [FeatureRows.Batch] = []
    while let batch = try rows.next() { batches.append(batch) }
    return batches
  }

  @Test("columns are found by name, in any order, among others")
  func byName() throws {
    let batch = try #require(batches("color,?,age\nred,x,1.5\nblue,,2\n").first)
    #expect(batch.x == [1.5, 1, 2, 0])
    #expect(batch.rows == 2 && batch.labels.isEmpty && batch.numbers.isEmpty)
  }

  @Test("the target is read along where it is there")
  func labels() throws {
    #expect(try batches("y,color,age\n1.0,red,1\n0,red,1\n", target: target).first?.labels == [1, 0])
    #expect(try batches("color,age\nred,1\n", target: target).first?.labels == [])
    #expect(try batches("y,color,age\n1.5,red,1\n", target: TargetColumn(name: "y")).first?.numbers == [1.5])
  }

  @Test("rows come in batches of the asked size, the last one short")
  func batchSizes() throws {
    let text = "age,color\n" + (0..<10).map { "\($0),red\n" }.joined()
    #expect(try batches(text, batchRows: 4).map(\.rows) == [4, 4, 2])
    #expect(try batches("age,color\n").isEmpty)
  }

  @Test("a blank line is a missing cell in a file of one column, so that no row is lost")
  func oneColumn() throws {
    let error = #expect(throws: CSVError.self) { try batches("age\n1\n\n2\n", features: [FeatureColumn(name: "age")]) }
    #expect(error?.line == 3 && error?.reason == .missingCell)
  }

  @Test("a row with a missing cell is left out when asked, one in a column that is not needed stays")
  func dropMissing() throws {
    #expect(try batches("age,color,z\n,red,1\n2,red,\n3,NA,1\n", dropMissing: true).map(\.x) == [[2, 1]])
  }

  @Test(
    "what does not fit is refused with its place",
    arguments: [
      ("color,AGE\nred,1\n", " line 1: no column 'age'; there are 'color', 'AGE', did you mean 'AGE'?"),
      ("a,b\n1,2\n", " line 1: no column 'age', 'color'; there are 'a', 'b'"),
      ("age,color\n1,red\n2,green\n", " line 3, column 'color': 'green' is an unseen category; known are 'blue', 'red'"),
      ("age,color\n1,red\n2,\n", " line 3, column 'color': the cell is empty"),
      ("age,color\nold,red\n", " line 2, column 'age': 'old' is not a number"),
      ("age,color,y\n1,red,2\n", " line 2, column 'y': '2' is an unseen class; known are '0', '1'"),
      ("age,color,age\n1,red,2\n", " line 1: the header has 'age' twice"), ("age,color\n1\n", " line 2: the row has 1 field, the header 2"),
      ("", ": the file is empty"),
    ])
  func errors(text: String, message: String) throws {
    let error = #expect(throws: CSVError.self) { try batches(text, target: target) }
    let file = try #require(error?.file)
    #expect(error?.description == "'\(file)'\(message)")
  }

  @Test("rows that are left out are counted and named, and the others keep their numbers")
  func dropped() throws {
    let folder = try TemporaryFolder()
    let text = "age,color,y\n1,red,0\n,red,1\n3,NA,0\n4,blue,\n5,blue,1\n"
    var rows = try FeatureRows.open(.path(folder.write("a.csv", text)), features: features, target: target, dropMissing: true)
    let batch = try #require(try rows.next())
    #expect(batch.positions == [1, 5] && batch.labels == [0, 1])
    #expect(rows.droppedRows == 3 && rows.firstDropped == [2, 3, 4] && rows.incompleteRows == 0)
  }

  @Test("missing cells of features are kept where they are filled in later; a missing target isn't")
  func keptMissing() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.csv", "age,color,y\n1,red,0\n,red,1\n3,null,0\n4,blue,\n")
    var rows = try FeatureRows.open(.path(path), features: features, target: target, dropMissing: true, keepMissing: true)
    let batch = try #require(try rows.next())
    #expect(batch.x.map { $0.isNaN ? -9 : $0 } == [1, 1, -9, 1, 3, -9])
    #expect(rows.incompleteRows == 2 && rows.firstDropped == [4])
    var strict = try FeatureRows.open(.path(path), features: features, target: target, keepMissing: true)
    #expect(throws: CSVError.self) { try strict.next() }
  }

  @Test("unseen categories are marked with their texts where they are ignored")
  func unseen() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.csv", "age,color\n1,red\n2,teal\n3,\"x, y\"\n")
    var rows = try FeatureRows.open(.path(path), features: features, unseen: .ignore)
    let batch = try #require(try rows.next())
    #expect(batch.x == [1, 1, 2, -1, 3, -1])
    #expect(batch.unseen == [3: "teal", 5: "x, y"] && rows.unseenRows == 2)
    var strict = try FeatureRows.open(.path(path), features: features)
    #expect(throws: CSVError.self) { try strict.next() }
  }

  @Test("columns to keep come along as the texts that they are")
  func kept() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.csv", "id,age,color,note\n007,1,red,\" a,b \"\n1e3,2,blue,NA\n")
    var rows = try FeatureRows.open(.path(path), features: features, keep: ["note", "id", "age"])
    #expect(try rows.next()?.kept == [" a,b ", "007", "1", "NA", "1e3", "2"])
    #expect(throws: CSVError.self) { _ = try FeatureRows.open(.path(path), features: features, keep: ["ID"]) }
  }
}
