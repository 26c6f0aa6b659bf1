package import Tensors

/// A dataset as the store has it: texts and named tensors.
package struct DatasetContent: Sendable {
  /// What it is known by: SHA-256 over its columns (as a netstring) and the digest of its tensors.
  package let digest: String
  /// Where it came from, as JSON.
  package let source: String
  /// What its tensors' columns are, as JSON.
  package let columns: String
  /// `x_train` and `x_test` (rows, features), `y_train` and `y_test` (rows).
  package let tensors: StateDict
  /// Those of `tensors`, in that order: whoever stores them has no need to hash them while others wait for the file.
  package let tensorDigests: [Digest]

  /// `tensorDigests` are computed where they aren't known.
  package init(digest: String, source: String, columns: String, tensors: StateDict, tensorDigests: [Digest]? = nil) {
    self.digest = digest
    self.source = source
    self.columns = columns
    self.tensors = tensors
    self.tensorDigests = tensorDigests ?? tensors.entries.map(\.tensor.digest)
  }

  var trainRows: Int { tensors["x_train"]?.shape.first ?? 0 }
  var testRows: Int { tensors["x_test"]?.shape.first ?? 0 }
  var featureCount: Int { tensors["x_train"]?.shape.dropFirst().first ?? 0 }

  /// The digest that the texts and tensors come to, as they are.
  var computedDigest: String {
    var builder = DigestBuilder()
    builder.update(netstring: columns)
    builder.update(Array(StateDict.digest(of: Array(zip(tensors.names, tensorDigests))).hex.utf8))
    return builder.finalize().hex
  }
}
