public import Datasets
internal import SQLite

extension Registry {
  /// Where the dataset of a run came from, without its tensors; nil for a run without one.
  public func datasetSource(ofRun run: Int) throws -> DatasetSource? {
    try snapshot {
      try connection.queryFirst("SELECT d.source FROM runs r JOIN datasets d ON d.id = r.dataset_id WHERE r.id = ?", run) { row in
        try row.text(0)
      }
    }.map { try DatasetSource(json: $0) }
  }
}
