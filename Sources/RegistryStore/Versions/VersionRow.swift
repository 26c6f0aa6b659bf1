internal import Tensors

/// The columns of a version that its row digest covers: all but what a merge or a delete changes.
struct VersionRow {
  let uuid: String
  let runUUID: String
  let createdAt: String
  let stateDictDigest: String
  let tensorCount: Int
  let parameterCount: Int
  let signature: String?
  let architecture: String?
  let trainLoss: Double?
  let testLoss: Double?
  let accuracy: Double?
  var metrics: [VersionMetric] = []
  var step: Int?
  var source: String?
  var files: [VersionFile] = []

  /// SHA-256 over the values as netstrings, in this order: a number by its bits, NULL as `-`.  Then keys and values of the metrics by
  /// key, step, source, paths and digests of the files by path: what a version hasn't leaves its digest what it was before there was such.
  var digest: String {
    // SQLite keeps no sign of a zero: -0.0 comes back as 0.0, which the sum makes of it here too.
    func bits(_ number: Double?) -> String { number.map { $0.isNaN ? "nan" : String(($0 + 0).bitPattern, radix: 16) } ?? "-" }
    var builder = DigestBuilder()
    let values = [
      uuid, runUUID, createdAt, stateDictDigest, "\(tensorCount)", "\(parameterCount)", signature ?? "-", architecture ?? "-",
      bits(trainLoss), bits(testLoss), bits(accuracy),
    ]
    for value in values { builder.update(netstring: value) }
    for metric in metrics.sorted(by: { Name($0.key) < Name($1.key) }) {
      builder.update(netstring: metric.key)
      builder.update(netstring: bits(metric.value))
    }
    if let step { builder.update(netstring: "step \(step)") }
    if let source { builder.update(netstring: "source \(source)") }
    for file in files.sorted(by: { Name($0.path) < Name($1.path) }) {
      builder.update(netstring: "file \(file.path)")
      builder.update(netstring: file.digest)
    }
    return builder.finalize().hex
  }
}
