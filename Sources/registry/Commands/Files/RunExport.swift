import ModelRegistry
import Tensors

/// A run as a folder: its files below `artifacts`, all that is known of it as `run.json`, and its curves as `metrics.csv`.
struct RunExport {
  let registry: Registry
  let run: Int

  /// Gives how many files of the run there are, and their bytes.
  func write(to folder: FolderExport) throws -> (files: Int, bytes: Int) {
    let owner = FileOwner.run(run)
    let report = try RunReport(run: run, in: registry)
    let export = FileExport(registry: registry, owner: owner)
    try export.checkPaths(report.run.files)
    let json = Array((report.json.pretty + "\n").utf8)
    var entries = [
      FolderExport.Entry(path: "run.json") { path, shown in
        try FileExport.write(to: path, replacing: false, shown: shown) { try $0(json) }
      },
      FolderExport.Entry(path: "metrics.csv") { path, shown in
        try FileExport.write(to: path, replacing: false, shown: shown) { try writeMetrics(report.run, $0) }
      },
    ]
    let files = report.run.files
    entries += files.map { file in
      FolderExport.Entry(path: "artifacts/\(file.path)") { path, shown in
        try export.write(file, to: path, replacing: false, shown: shown)
      }
    }
    try folder.write(entries)
    return (files.count, files.reduce(0) { $0 + $1.byteCount })
  }

  /// A row for each value, those of a step that was logged again in the order in which they came; times are milliseconds since 1970.
  private func writeMetrics(_ record: Registry.RunRecord, _ write: ([UInt8]) throws -> Void) throws {
    let columns = ["key", "step", "value", "time"]
    let header = Array(csvText(columns: columns, rows: []).utf8)
    try write(header)
    for metric in record.metrics {
      let rows: [[CellValue]] = try registry.history(ofMetric: metric.key, run: run, everyValue: true).map {
        [.text(metric.key), CellValue($0.step), .real($0.value), .integer($0.time)]
      }
      try write(Array(csvText(columns: columns, rows: rows).utf8.dropFirst(header.count)))
    }
  }
}
