import ModelRegistry

extension ErrorReport {
  /// Why another registry wasn't merged.
  init(_ error: MergeError) {
    switch error {
    case .ontoItself(let path): self.init("'\(path)' is the registry itself: there is nothing to merge.", .usage)
    case .unsound(let path, let problems):
      let first = problems.first.map { "\($0.place): \($0.what)" } ?? ""
      self.init("\(path) doesn't verify, so nothing was merged: \(first).", hint: "registry verify --db \(path.quotedForShell)", .badData)
    }
  }
}
