internal import SQLite
internal import Tensors

extension Registry {
  /// Which of the two dictionaries of named tensors.
  enum TensorOwner: String {
    case version
    case dataset
  }

  /// Stores the tensors of a state_dict that aren't stored yet, and the rows that name them.  Stands in a transaction.
  func insert(_ tensors: StateDict, of owner: TensorOwner, id: Int64) throws {
    var find = try connection.prepare("SELECT id FROM tensors WHERE digest = ?")
    var insert = try connection.prepare("INSERT INTO tensors (digest, dtype, shape, data) VALUES (?, ?, ?, ?)")
    var link = try connection.prepare(
      "INSERT INTO \(owner.rawValue)_tensors (\(owner.rawValue)_id, position, name, tensor_id) VALUES (?, ?, ?, ?)")
    for (position, entry) in tensors.entries.enumerated() {
      let digest = entry.tensor.digest.hex
      try find.bind(digest, at: 0)
      var tensorID = try find.first { row in try row.int64(0) }
      if tensorID == nil {
        try insert.bind(digest, at: 0)
        try insert.bind(entry.tensor.dtype.rawValue, at: 1)
        try insert.bind(Tensor.shapeJSON(entry.tensor.shape), at: 2)
        try entry.tensor.data.withUnsafeBytes { bytes in
          unsafe try insert.bind(static: bytes, at: 3)
          try insert.run()
          // The bytes stay only as long as this closure.
          try insert.bind(.null, at: 3)
        }
        tensorID = connection.lastInsertRowID
      }
      try link.bind(id, position, entry.name, tensorID)
      try link.run()
    }
  }

  /// Reads the named tensors of a version or dataset in their order; each must be what its digest says.
  func tensors(of owner: TensorOwner, id: Int64, title: String) throws -> StateDict {
    var statement = try connection.prepare(
      """
      SELECT e.name, t.digest, t.dtype, t.shape, t.data FROM \(owner.rawValue)_tensors AS e JOIN tensors AS t ON t.id = e.tensor_id
      WHERE e.\(owner.rawValue)_id = ? ORDER BY e.position
      """)
    try statement.bind(id)
    var result = StateDict()
    while try statement.step() {
      let name = try statement.text(0)
      let tensor = try verifiedTensor(statement, firstColumn: 1, title: "tensor '\(name)' of \(title)")
      do { try result.append(name, tensor) } catch { throw RegistryError.rotten(what: "\(title): \(error)", path: path) }
    }
    return result
  }

  /// The tensor in the columns digest, dtype, shape and data of a row.
  func verifiedTensor(_ row: borrowing Statement, firstColumn: Int, title: String) throws -> Tensor {
    let rotten = RegistryError.rotten(what: title, path: path)
    let digest = try row.text(firstColumn)
    guard let dtype = DType(rawValue: try row.text(firstColumn + 1)), let shape = Self.shape(json: try row.text(firstColumn + 2)) else {
      throw rotten
    }
    let data = try row.blob(firstColumn + 3)
    guard let tensor = try? Tensor(dtype: dtype, shape: shape, data: data), tensor.digest.hex == digest else { throw rotten }
    return tensor
  }

  /// A shape from its JSON text, `[5,2]`; nil for anything else.
  static func shape(json: String) -> [Int]? {
    // Longer than any legal one: a crafted text is not worth the time.
    guard json.utf8.count <= 2048, json.first == "[", json.last == "]" else { return nil }
    let inner = json.dropFirst().dropLast()
    if inner.isEmpty { return [] }
    let sizes = inner.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    return sizes.contains(nil) ? nil : sizes.compactMap(\.self)
  }
}
