import ModelRegistry

extension ErrorReport {
  /// What the store refuses: it has the words, the program adds what can be run.
  init(_ error: StoreError) {
    let code: Code =
      switch error.code {
      case .illegalValue, .conflict, .refused, .changed: .badData
      case .notFound: .notFound
      }
    let hint = error.suggestions.isEmpty ? nil : error.suggestions.joined(separator: ", or ")
    self.init("\(error.description).", hint: hint, code)
  }
}
