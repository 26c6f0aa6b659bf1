internal import SQLite
internal import Tensors

/// A value of a metric.
public struct MetricPoint: Sendable, Hashable {
  public let step: Int
  public let value: Double
  /// Milliseconds since 1970.
  public let time: Int64
}

extension Registry {
  /// The values of a run's metric in the order of their steps, with their times.  Nothing for a key that the run doesn't have.
  ///
  /// - Parameter everyValue: of a step that was logged again all values, in the order in which they came; else the newest, which counts.
  public func history(ofMetric key: String, run: Int, everyValue: Bool = false) throws -> [MetricPoint] {
    try snapshot {
      var statement = try connection.prepare("SELECT step, value, time FROM metrics WHERE run_id = ? AND key = ? ORDER BY step, seq")
      try statement.bind(run, key)
      var points: [MetricPoint] = []
      while try statement.step() {
        let point = MetricPoint(
          step: try statement.int(0), value: try statement.doubleOrNil(1) ?? .nan, time: try statement.int64(2))
        if let last = points.last {
          // In a damaged file a walk may come back to where it has been.
          guard last.step <= point.step else { throw StoreError.rotten(what: "the metrics of run \(run)", path: path) }
          if last.step == point.step, !everyValue { points.removeLast() }
        }
        points.append(point)
      }
      return points
    }
  }
}
