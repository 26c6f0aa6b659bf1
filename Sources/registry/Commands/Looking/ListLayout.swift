import ModelRegistry
import Tensors
import Training

/// Which columns a table shows of each subject where none are asked for.  Headings are the names that --where and --order-by take.
enum ListLayout {
  struct Column {
    let name: String
    /// The higher, the sooner it is left out where the terminal is narrow.
    let rank: Int

    private static let names = ["model", "dataset", "uuid", "digest", "experiment", "name"]

    /// Names, and keys like params.learning_rate, keep their ends; of a time the day is left.
    var tableColumn: Table.Column {
      let isName = Self.names.contains(named: name) || name.contains(".")
      return Table.Column(
        name: name.singleLine, rank: rank, limit: isName ? 200 : 48, narrowest: name.hasSuffix("_at") ? 11 : 8, isName: isName)
    }
  }

  /// The measures that a table shows only where they are asked for: to order by, or in a condition.
  private static func measured(_ subject: ListSubject, _ asked: [String]) -> [String] {
    subject == .versions ? ["precision", "recall", "f1", "roc_auc"].filter { asked.contains(named: $0) } : []
  }

  /// All columns that a table may show.
  static func names(of subject: ListSubject, includesDeleted: Bool, asked: [String]) -> [String] {
    (all(subject).map(\.name) + measured(subject, asked)).filter {
      $0 != "deleted_at" || (includesDeleted && subject != .models && subject != .datasets)
    }
  }

  /// The columns worth showing: one that is empty in every row is left out, and so are the model and the optimizer where there is only the
  /// usual one, and the experiment where it is called as the model in every row.  Where the terminal is narrow, those that don't tell one row
  /// from another go first.
  static func columns(of subject: ListSubject, in result: ResultTable, asked: [String]) -> [Column] {
    let known = all(subject) + measured(subject, asked).map { Column(name: $0, rank: 2) }
    // Keys that the order or the condition asks for.
    let keys = result.columns.filter { $0.contains(".") && !known.map(\.name).contains(named: $0) }
    let model = result.columns.firstIndex(named: "model")
    return (known + keys.map { Column(name: $0, rank: 0) }).compactMap { column in
      guard let index = result.columns.firstIndex(named: column.name) else { return nil }
      let cells = result.rows.map { $0[index] }
      if subject == .runs, column.name == "experiment", let model, result.rows.allSatisfy({ $0[index] == $0[model] }) { return nil }
      if let usual = usual[Name(column.name)], subject == .versions, cells.allSatisfy({ $0 == usual || $0 == .null }) { return nil }
      guard column.rank == 0 || cells.contains(where: { $0 != .null }) else { return nil }
      // As it is shown, byte by byte.
      let isSame = cells.count > 1 && Set(cells.map { Name(Table.text($0)) }).count == 1
      let mayGo = column.rank > 0 || column.name == "model"
      return Column(name: column.name, rank: isSame && mayGo ? column.rank + same : column.rank)
    }
  }

  private static let usual: [Name: CellValue] = [
    "model": .text(Registry.defaultModel), "optimizer": .text(OptimizerKind.sgd.rawValue),
  ]
  /// More than every rank.
  private static let same = 100

  private static func all(_ subject: ListSubject) -> [Column] {
    func column(_ name: String, _ rank: Int) -> Column { Column(name: name, rank: rank) }
    switch subject {
    case .versions:
      return [
        column("version", 0), column("model", 0), column("aliases", 1), column("run", 11), column("dataset", 6), column("task", 12),
        column("hidden_sizes", 3), column("epochs", 7), column("learning_rate", 4), column("optimizer", 5), column("class_weight", 5),
        column("guessed", 5),
        column("seed", 9),
        column("train_loss", 8), column("test_loss", 0), column("accuracy", 2), column("created_at", 10), column("deleted_at", 1),
      ]
    case .runs:
      return [
        column("run", 0), column("name", 2), column("experiment", 3), column("model", 4), column("status", 0), column("kind", 8),
        column("version", 2), column("dataset", 5),
        column("task", 9), column("seed", 3), column("epochs_done", 6), column("started_at", 6), column("ended_at", 10),
        column("user", 11), column("exit_code", 7), column("parent_run", 7), column("deleted_at", 2), column("error", 1), column("note", 3),
      ]
    case .models:
      return [
        column("model", 0), column("versions", 1), column("latest", 1), column("best_test_loss", 3), column("aliases", 2),
        column("note", 4), column("created_at", 5),
      ]
    case .experiments:
      return [
        column("experiment", 0), column("runs", 1), column("newest_run", 2), column("created_at", 5), column("deleted_at", 3),
        column("note", 4),
      ]
    case .datasets:
      return [
        column("dataset", 0), column("train_rows", 1), column("test_rows", 1), column("features", 2), column("source", 3),
        column("runs", 3), column("created_at", 4),
      ]
    }
  }
}

extension CellValue {
  /// A time to the second, without the T and the Z.
  var shortTime: CellValue {
    guard case .text(let text) = self, text.count == 24 else { return self }
    return .text(String(text.prefix(19)).split(separator: "T").joined(separator: " "))
  }
}
