import ModelRegistry
import Tensors

/// Which columns a table shows of each subject where none are asked for.  Headings are the names that --where and --order-by take.
enum ListLayout {
  struct Column {
    let name: String
    /// The higher, the sooner it is left out where the terminal is narrow.
    let rank: Int

    private static let names = ["model", "dataset", "uuid", "digest"]

    /// Names, and keys like params.learning_rate, keep their ends; of a time the day is left.
    var tableColumn: Table.Column {
      let isName = Self.names.contains(named: name) || name.contains(".")
      return Table.Column(
        name: name.singleLine, rank: rank, limit: isName ? 200 : 48, narrowest: name.hasSuffix("_at") ? 11 : 8, isName: isName)
    }
  }

  /// All columns that a table may show.
  static func names(of subject: ListSubject, includesDeleted: Bool) -> [String] {
    all(subject).map(\.name).filter { $0 != "deleted_at" || (includesDeleted && subject != .models && subject != .datasets) }
  }

  /// The columns worth showing: one that is empty in every row is left out, and so is the model where there is only the usual one.
  static func columns(of subject: ListSubject, in result: ResultTable) -> [Column] {
    all(subject).filter { column in
      guard let index = result.columns.firstIndex(named: column.name) else { return false }
      if column.name == "model", subject == .versions {
        let models = Set(result.rows.map { $0[index] })
        return models.count > 1 || models != [.text(Registry.defaultModel)]
      }
      return column.rank == 0 || result.rows.contains { $0[index] != .null }
    }
  }

  private static func all(_ subject: ListSubject) -> [Column] {
    func column(_ name: String, _ rank: Int) -> Column { Column(name: name, rank: rank) }
    switch subject {
    case .versions:
      return [
        column("version", 0), column("model", 0), column("aliases", 1), column("run", 9), column("dataset", 5), column("task", 10),
        column("hidden_sizes", 6), column("epochs", 8), column("learning_rate", 7), column("seed", 3), column("train_loss", 4),
        column("test_loss", 0), column("accuracy", 2), column("created_at", 8), column("deleted_at", 1),
      ]
    case .runs:
      return [
        column("run", 0), column("model", 4), column("status", 0), column("kind", 8), column("version", 2), column("dataset", 5),
        column("task", 9), column("seed", 3), column("epochs_done", 6), column("started_at", 6), column("ended_at", 10),
        column("deleted_at", 2), column("error", 1), column("note", 3),
      ]
    case .models:
      return [
        column("model", 0), column("versions", 1), column("latest", 1), column("best_test_loss", 3), column("aliases", 2),
        column("note", 4), column("created_at", 5),
      ]
    case .datasets:
      return [
        column("dataset", 0), column("train_rows", 1), column("test_rows", 1), column("features", 2), column("source", 3),
        column("runs", 3), column("created_at", 4),
      ]
    }
  }
}

extension Scalar {
  /// A time to the second, without the T and the Z.
  var shortTime: Scalar {
    guard case .text(let text) = self, text.count == 24 else { return self }
    return .text(String(text.prefix(19)).split(separator: "T").joined(separator: " "))
  }
}
