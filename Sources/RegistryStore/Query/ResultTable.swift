/// Rows of values under named columns.
public struct ResultTable: Sendable, Hashable {
  public var columns: [String]
  public var rows: [[CellValue]]

  public init(columns: [String], rows: [[CellValue]]) {
    self.columns = columns
    self.rows = rows
  }
}
