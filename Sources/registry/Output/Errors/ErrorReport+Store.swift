import ModelRegistry

extension ErrorReport {
  /// What the store refuses: it has the words, the program adds what can be run.
  init(_ error: StoreError) {
    let code: Code =
      switch error.code {
      case .illegalValue, .conflict, .refused, .changed: .badData
      case .notFound: .notFound
      }
    self.init("\(error.description).", hint: Self.hint(error), code)
  }

  private static func hint(_ error: StoreError) -> String? {
    let database = "--db \(error.path.quotedForShell)"
    switch (error.code, error.subject.split(separator: " ").first ?? "") {
    case (.notFound, "experiment"):
      return (error.suggestions.first.map { "did you mean '\($0)'? " } ?? "") + "registry list experiments \(database)"
    case (.conflict, "experiment"): return "registry list experiments \(database)"
    case (.refused, "experiment") where error.suggestions.first?.contains("/") == true:
      return "registry delete \(error.suggestions.map(\.quotedForShell).joined(separator: " ")) \(database)"
    case (.refused, "run") where error == .notTrainedHere(run: Self.number(error.subject), path: error.path):
      return "registry show --run \(Self.number(error.subject)) \(database)"
    case (.notFound, "file") where error.suggestions.count == 1: return "did you mean '\(error.suggestions[0])'?"
    default: return error.suggestions.isEmpty ? nil : error.suggestions.joined(separator: ", or ")
    }
  }

  /// The number in `run 7`.
  private static func number(_ subject: String) -> Int { subject.split(separator: " ").last.flatMap { Int($0) } ?? 0 }
}
