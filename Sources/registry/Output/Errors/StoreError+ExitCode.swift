import ModelRegistry

extension ErrorReport.Code {
  /// The exit code of a failure of the store.
  init(_ category: StoreError.Category) {
    self =
      switch category {
      case .illegalRequest: .usage
      case .illegalValue, .conflict, .refused, .changed, .unsupported, .damaged: .badData
      case .notFound, .notOnDisk: .notFound
      case .occupied: .cannotCreate
      case .full, .inputOutput: .inputOutput
      case .busy: .busy
      case .over, .outOfTime, .failed: .failed
      }
  }
}

extension StoreError.Category {
  /// Whether it is the registry itself that can't be read or written, so that nothing else will do better.
  var isOfTheRegistry: Bool {
    switch self {
    case .busy, .full, .inputOutput, .damaged, .unsupported, .failed: true
    default: false
    }
  }
}
