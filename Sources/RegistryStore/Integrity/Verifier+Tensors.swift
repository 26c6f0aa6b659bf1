internal import SQLite
internal import Tensors

extension Verifier {
  /// Every tensor: its type, its shape, as many bytes as they need, and the digest over all three (of one in pieces, see `checkContents`).
  func checkTensors() throws {
    guard !isQuick else { return }
    let sql = """
      SELECT t.digest, t.dtype, t.shape, t.content_id, coalesce((SELECT byte_count FROM contents WHERE id = t.content_id), length(t.data)),
        iif(length(t.data) <= \(registry.pieceSizes.largestRow), t.data, NULL) FROM tensors AS t WHERE id = ?
      """
    try eachRow(of: "tensors", .tensor) { id in
      let problem = try connection.queryFirst(sql, id) { row in try self.problem(ofTensor: row, id: id) }
      if case .some(.some(let problem)) = problem { report(.tensor, problem, at: try place(ofTensor: id)) }
    }
  }

  /// What is wrong with the tensor in the columns digest, dtype, shape, contents, size and data.
  private func problem(ofTensor row: borrowing Statement, id: Int64) throws -> String? {
    let (digest, type, json, size) = (try row.text(0), try row.text(1), try row.text(2), try row.int(4))
    guard let dtype = DType(rawValue: type) else { return "there is no type '\(type.prefix(20))'" }
    guard let shape = Registry.shape(json: json) else { return "'\(json.prefix(40))' is no shape" }
    guard let needed = try? Tensor.byteCount(dtype: dtype, shape: shape), needed == size else {
      return "\(size) bytes are not what \(type) \(json.prefix(40)) has"
    }
    guard try row.int64OrNil(3) == nil else { return nil }
    var actual = DigestBuilder(dtype: dtype, shape: shape)
    if size <= registry.pieceSizes.largestRow {
      try row.withBlob(5) { data in unsafe data.withUnsafeBytes { unsafe actual.update($0) } }
    } else {
      for start in stride(from: 0, to: size, by: registry.pieceSizes.window) {
        let count = min(registry.pieceSizes.window, size - start)
        actual.update(try connection.readBlob("tensors", "data", row: id, from: start, count: count))
      }
    }
    return actual.finalize().hex == digest ? nil : Self.otherDigest
  }

  /// What is said of bytes that aren't those of their digest.
  static let otherDigest = "the data is not what was stored: its digest is another"

  /// The row, and what needs it.
  func place(ofTensor id: Int64) throws -> String {
    let users =
      try connection.query(
        """
        SELECT e.name || ' of ' || m.name || '/' || v.version FROM version_tensors AS e JOIN model_versions AS v ON v.id = e.version_id
        JOIN models AS m ON m.id = v.model_id WHERE e.tensor_id = ? ORDER BY v.id
        """, id
      ) { row in try row.text(0) }
      + connection.query(
        """
        SELECT e.name || ' of dataset ' || coalesce((SELECT min(name) FROM dataset_names WHERE dataset_id = d.id), substr(d.digest, 1, 12))
        FROM dataset_tensors AS e JOIN datasets AS d ON d.id = e.dataset_id WHERE e.tensor_id = ? ORDER BY d.id
        """, id
      ) { row in try row.text(0) }
    return "tensors id \(id) (\(users.isEmpty ? "nothing needs it" : Self.brief(users)))"
  }
}
