import TestSupport
import Testing

/// precision, recall, f1 and roc_auc of a version, everywhere that its accuracy is.
struct VersionMetricTests {
  private static let keys = ["precision", "recall", "f1", "roc_auc"]

  @Test("train, list, show, compare, the JSON export and the view say the same, and evaluate measures it again")
  func everywhere() throws {
    let program = try Program(copying: Shared.tutorial().program)
    let trained = try program("train", "--csv", Fixtures.path("data/iris.csv"), "--target", "target", "--epochs", "30", "--format", "json")
      .json()
    for key in Self.keys { #expect(try #require(trained[key]?.number) > 0) }
    let own = try program("evaluate", "--version", "4", "--format", "json").json()
    #expect(own.f1 == trained.f1 && own.f1_macro == trained.f1 && own.roc_auc == trained.roc_auc)
    let listed = try #require(program("list", "--limit", "1", "--format", "json").json().array.first)
    let shown = try program("show", "4", "--format", "json").json()
    let exported = try program("export", "4", "-o", "-", "--as", "json").json()
    let compared = try program("compare", "1", "4", "--format", "json").json()
    let view = try program("sql", "SELECT precision, recall, f1, roc_auc FROM leaderboard WHERE version = 4", "--format", "json").json()
    for key in Self.keys {
      #expect(listed[key] == trained[key] && shown[key] == trained[key] && exported.metrics?[key] == trained[key])
      #expect(compared.metrics?[key]?.array.last == trained[key] && view.array.first?[key] == trained[key])
    }
    let tutorial = try program("evaluate", "--version", "1", "--format", "json").json()
    #expect(try program("show", "1", "--format", "json").json().f1 == tutorial.f1_macro, "of two classes the mean too")
  }

  @Test("list orders, chooses and shows by them; a regression has none")
  func list() throws {
    let program = try Program(copying: Shared.tutorial().program)
    try program.folder.write("line.csv", "x,y\n" + (0..<20).map { "\($0),\($0).5\n" }.joined())
    #expect(try program("train", "--csv", "line.csv", "--target", "y", "--epochs", "1").status == 0)
    let rows = try program("list", "--order-by", "f1 DESC", "--columns", "version,f1", "--format", "json").json().array
    let values = rows.map(\.f1?.number)
    #expect(rows.count == 4 && rows.last?.version == .number(4) && rows.last?.f1 == .null)
    #expect(values.dropLast().compactMap(\.self) == values.compactMap(\.self).sorted(by: >))
    let best = try #require(values[0])
    let chosen = try program("list", "--where", "f1 >= \(best) AND roc_auc > 0", "--format", "json").json().array
    #expect(chosen.count == values.count { $0 == best })
  }
}
