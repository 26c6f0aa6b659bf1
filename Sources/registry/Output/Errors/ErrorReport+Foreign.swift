import ForeignRuns
import ModelRegistry

extension ErrorReport {
  /// Why what another program recorded can't be read.
  init(_ error: ForeignError) {
    let code: Code =
      switch error.problem {
      case .noSuchFile: .notFound
      case .unreadable: .inputOutput
      default: .badData
      }
    let hint: String? =
      switch error.problem {
      case .notMLflow, .noEvents, .notRuns: "registry import-runs --help"
      case .unknownSchema: "upgrade registry"
      case .severalSchemas: "mlflow db upgrade sqlite:///\(error.file)"
      case .log(.noSuchColumn(let name, let known)): nearest(to: name, among: known).map { "'\($0)'" }
      case .log(.noMetrics): "--key COLUMN"
      default: nil
      }
    self.init("\(error.description).", hint: hint, code)
  }
}
