internal import SQLite
internal import Tensors

extension Registry {
  /// From so many bytes on, a tensor's bytes are read straight from the pages of the file.
  private static let largeTensor = 1 << 16

  /// Which of the two dictionaries of named tensors.
  enum TensorOwner: String {
    case version
    case dataset
  }

  /// Stores the tensors of a state_dict that aren't stored yet, and the rows that name them.  Stands in a transaction.
  ///
  /// `digests` are those of the tensors, in order.
  func insert(_ tensors: StateDict, digests: [Digest], of owner: TensorOwner, id: Int64) throws {
    var store = try TensorStore(self)
    var ids: [Int64] = []
    for (entry, digest) in zip(tensors.entries, digests) { ids.append(try store.id(of: digest) ?? store.insert(entry.tensor, digest)) }
    try link(zip(tensors.names, ids), to: owner, id: id)
  }

  /// Writes the rows that name stored tensors, in order.  Stands in a transaction.
  func link(_ tensors: some Sequence<(String, Int64)>, to owner: TensorOwner, id: Int64) throws {
    var link = try connection.prepare(
      "INSERT INTO \(owner.rawValue)_tensors (\(owner.rawValue)_id, position, name, tensor_id) VALUES (?, ?, ?, ?)")
    for (position, (name, tensor)) in tensors.enumerated() {
      try link.bind(id, position, name, tensor)
      try link.run()
    }
  }

  /// Finds and stores tensors by their digests.  Stands in a transaction.
  struct TensorStore: ~Copyable {
    private let registry: Registry
    private var find: Statement
    private var insert: Statement

    init(_ registry: Registry) throws {
      let find = try registry.connection.prepare("SELECT id FROM tensors WHERE digest = ?")
      let insert = try registry.connection.prepare("INSERT INTO tensors (digest, dtype, shape, data) VALUES (?, ?, ?, ?)")
      self.registry = registry
      self.find = find
      self.insert = insert
    }

    /// The row of the tensor; nil when it isn't stored.
    mutating func id(of digest: Digest) throws -> Int64? {
      try find.bind(digest.hex, at: 0)
      return try find.first { row in try row.int64(0) }
    }

    /// Stores a tensor that isn't stored yet, whose digest this is.
    mutating func insert(_ tensor: Tensor, _ digest: Digest) throws -> Int64 {
      guard tensor.data.count <= registry.pieceSizes.largestRow else {
        return try registry.storeInPieces(dtype: tensor.dtype, shape: tensor.shape, digest: digest) { append in
          try unsafe tensor.data.withUnsafeBytes { try unsafe append($0) }
        }.id
      }
      try insert.bind(digest.hex, at: 0)
      try insert.bind(tensor.dtype.rawValue, at: 1)
      try insert.bind(Tensor.shapeJSON(tensor.shape), at: 2)
      try tensor.data.withUnsafeBytes { bytes in
        unsafe try insert.bind(static: bytes, at: 3)
        try insert.run()
        // The bytes stay only as long as this closure.
        try insert.bind(.null, at: 3)
      }
      return registry.connection.lastInsertRowID
    }
  }

  /// Reads the named tensors of a version or dataset in their order, with their digests, which are right.
  func tensors(of owner: TensorOwner, id: Int64, title: String) throws -> (stateDict: StateDict, digests: [Digest]) {
    // One statement for all: a net's tensors are small, and there a statement of its own for each would take most of the time.
    var statement = try connection.prepare(
      Self.rowsOfTensors(owner, "CASE WHEN length(t.data) < \(Self.largeTensor) THEN t.data END"))
    try statement.bind(id)
    let digester = TensorDigester()
    var rows: [StoredTensor] = []
    var result = StateDict()
    while try statement.step() {
      let row = try storedTensor(statement, title)
      let tensor = try tensor(row, data: row.byteCount < Self.largeTensor && row.content == nil ? statement.blob(7) : largeData(row), title)
      rows.append(row)
      digester.add(tensor)
      do { try result.append(row.name, tensor) } catch { throw StoreError.rotten(what: "\(title): \(error)", path: path) }
    }
    let digests = digester.digests()
    for (row, digest) in zip(rows, digests) where row.digest != digest { throw rotten(row, title) }
    return (result, digests)
  }

  /// What the rows say of the tensors of a version or dataset, without their bytes.
  func tensorRows(of owner: TensorOwner, id: Int64, title: String) throws -> [StoredTensor] {
    var names: Set<Name> = []
    return try connection.query(Self.rowsOfTensors(owner, "NULL"), id) { row in
      let tensor = try storedTensor(row, title)
      // In a damaged file a walk may come back to where it has been, and never end.
      guard names.insert(Name(tensor.name)).inserted else { throw rotten(tensor, title) }
      return tensor
    }
  }

  /// One tensor, which is what its digest says.
  func verifiedTensor(_ row: StoredTensor, title: String) throws -> Tensor {
    let data =
      row.byteCount < Self.largeTensor && row.content == nil
      ? try connection.queryFirst("SELECT data FROM tensors WHERE id = ?", row.id) { row in try row.blob(0) } : try largeData(row)
    let tensor = try tensor(row, data: data, title)
    guard tensor.digest == row.digest else { throw rotten(row, title) }
    return tensor
  }

  /// The tensor of a digest, without its bytes.
  func storedTensor(_ digest: Digest, title: String) throws -> StoredTensor {
    let row = try connection.queryFirst("SELECT '', \(Self.columnsOfTensor) FROM tensors AS t WHERE digest = ?", digest.hex) { row in
      try storedTensor(row, title)
    }
    guard let row else { throw StoreError.rotten(what: title, path: path) }
    return row
  }

  /// What `storedTensor` reads after the name.
  static let columnsOfTensor = """
    t.digest, t.dtype, t.shape, t.id, t.content_id,
      CASE WHEN t.content_id IS NULL THEN length(t.data) ELSE (SELECT byte_count FROM contents WHERE id = t.content_id) END
    """

  private static func rowsOfTensors(_ owner: TensorOwner, _ data: String) -> String {
    """
    SELECT e.name, \(columnsOfTensor), \(data)
    FROM \(owner.rawValue)_tensors AS e JOIN tensors AS t ON t.id = e.tensor_id WHERE e.\(owner.rawValue)_id = ? ORDER BY e.position
    """
  }

  func storedTensor(_ row: borrowing Statement, _ title: String) throws -> StoredTensor {
    let name = try row.text(0)
    guard let digest = Digest(hex: try row.text(1)), let dtype = DType(rawValue: try row.text(2)),
      let shape = Self.shape(json: try row.text(3)), let needed = try? Tensor.byteCount(dtype: dtype, shape: shape),
      needed == (try row.int(6))
    else { throw StoreError.rotten(what: "tensor '\(name)' of \(title)", path: path) }
    return StoredTensor(
      name: name, dtype: dtype, shape: shape, digest: digest, byteCount: needed, id: try row.int64(4), content: try row.int64OrNil(5))
  }

  private func largeData(_ row: StoredTensor) throws -> [UInt8]? {
    guard row.content != nil else { return try connection.readBlob("tensors", "data", row: row.id) }
    return try pieces(of: row)
  }

  private func tensor(_ row: StoredTensor, data: [UInt8]?, _ title: String) throws -> Tensor {
    guard let data, let tensor = try? Tensor(dtype: row.dtype, shape: row.shape, data: data) else { throw rotten(row, title) }
    return tensor
  }

  func rotten(_ row: StoredTensor, _ title: String) -> StoreError {
    .rotten(what: "tensor '\(row.name)' of \(title)", path: path)
  }

  /// A shape from its JSON text, `[5,2]`; nil for anything else.
  static func shape(json: String) -> [Int]? {
    var json = json
    return json.withUTF8 { text in
      // Longer than any legal one: a crafted text is not worth the time.
      guard (2...2048).contains(text.count), unsafe text[0] == UInt8(ascii: "["), unsafe text[text.count - 1] == UInt8(ascii: "]") else {
        return nil
      }
      if text.count == 2 { return [] }
      var sizes: [Int] = []
      var size: Int?
      for byte in unsafe text[1..<text.count - 1] {
        if byte == UInt8(ascii: ",") {
          guard let complete = size else { return nil }
          sizes.append(complete)
          size = nil
        } else {
          let digit = Int(byte) - 48
          let (tens, isTooLarge) = (size ?? 0).multipliedReportingOverflow(by: 10)
          guard (0...9).contains(digit), !isTooLarge, tens <= .max - digit else { return nil }
          size = tens + digit
        }
      }
      guard let last = size else { return nil }
      return sizes + [last]
    }
  }
}
