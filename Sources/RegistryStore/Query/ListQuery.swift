/// What `list` lists.
public enum ListSubject: String, Sendable, CaseIterable {
  case versions, runs, models, datasets, experiments
}

/// Which rows, in which order, and how many.
///
/// In expressions and columns `params.x`, `metrics.x` and `tags.x` are what the run was told, what it measured last, and what people
/// say of it; a key that is no plain word stands in double quotes: `params."my key"`.
public struct ListQuery: Sendable {
  /// An SQL expression over the subject's columns.
  public var condition: String?
  /// SQL ordering terms over the subject's columns; newest first when nil.
  public var order: String?
  public var limit: Int
  public var offset: Int
  public var model: String?
  /// The experiment that runs, or the runs of versions, belong to.
  public var experiment: String?
  /// Deleted ones too.
  public var includesDeleted: Bool
  /// The columns of the result, in their order; the usual ones when nil.
  public var columns: [String]?
  /// Whether the keys that the condition and the order ask for are columns of the result, too, behind the others.
  public var showsAskedKeys = false
  /// How long the query may run.
  public var timeLimit: Duration

  public init(
    condition: String? = nil, order: String? = nil, limit: Int = -1, offset: Int = 0, model: String? = nil, experiment: String? = nil,
    includesDeleted: Bool = false, columns: [String]? = nil, timeLimit: Duration = .seconds(30)
  ) {
    self.condition = condition
    self.order = order
    self.limit = limit
    self.offset = offset
    self.model = model
    self.experiment = experiment
    self.includesDeleted = includesDeleted
    self.columns = columns
    self.timeLimit = timeLimit
  }
}

/// An alias and the version that it points to.
public struct AliasTarget: Sendable, Hashable {
  public let alias: String
  public let version: Int
}

/// What `list` found.
public struct ListResult: Sendable, Hashable {
  /// The rows; NaN is `.real(.nan)` in a column that was asked for, else NULL beside a column `…_is_nan`.
  public var table: ResultTable
  /// The aliases of each row, sorted, where the table has a column of them: the text of that column can't be taken apart again.
  public var aliases: [[AliasTarget]]
}
