public import Tensors

/// Writes safetensors files.  The header keeps the order of the tensors; the data stand in order of falling element size,
/// so that every tensor is aligned.  The bytes depend on the arguments alone.
public enum SafetensorsWriter {
  /// Asks for one tensor at a time, so that no more than a part of one is in memory; not in order.
  ///
  /// `metadata` becomes `__metadata__`; Hugging Face's libraries expect `format` to be `pt`.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], metadata: [(name: String, value: String)] = [("format", "pt")], to sink: inout Sink,
    file: String, parts: TensorParts
  ) throws {
    try checkNames(of: tensors, file: file)
    for tensor in tensors where !tensor.dtype.isInSafetensors {
      throw FormatError(file: file, reason: .safetensors(.unwritableDType(tensor: tensor.name, dtype: tensor.dtype)))
    }
    let order = tensors.indices.sorted { (tensors[$1].dtype.size, $0) < (tensors[$0].dtype.size, $1) }
    var ranges = [Range<Int>](repeating: 0..<0, count: tensors.count)
    var end = 0
    for index in order {
      let count = try Tensor.byteCount(dtype: tensors[index].dtype, shape: tensors[index].shape)
      ranges[index] = end..<end + count
      end += count
    }
    let header = try header(tensors, ranges: ranges, metadata: metadata, file: file)
    var length: [UInt8] = []
    length.append(littleEndian: UInt64(header.count))
    try sink.write(length + header)
    for index in order {
      var check = try PartsCheck(tensors[index], file: file)
      try parts(index) { part in
        try unsafe check.add(part)
        try unsafe sink.write(part)
      }
      try check.finish()
    }
  }

  /// The same with whole tensors.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], metadata: [(name: String, value: String)] = [("format", "pt")], to sink: inout Sink,
    file: String, tensor: (Int) throws -> Tensor
  ) throws {
    try withoutActuallyEscaping(tensor) {
      try write(tensors, metadata: metadata, to: &sink, file: file, parts: wholeTensors(tensors, file: file, $0))
    }
  }

  /// Writes a whole state_dict.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ stateDict: StateDict, metadata: [(name: String, value: String)] = [("format", "pt")], to sink: inout Sink, file: String
  ) throws {
    try write(stateDict.descriptions, metadata: metadata, to: &sink, file: file) { stateDict.entries[$0].tensor }
  }

  /// Padded with spaces to a multiple of 8, as the reference implementation does.
  private static func header(
    _ tensors: [TensorDescription], ranges: [Range<Int>], metadata: [(name: String, value: String)], file: String
  ) throws(FormatError) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      var seen = Set<Name>()
      for entry in metadata where !seen.insert(Name(entry.name)).inserted {
        throw FormatError(file: file, reason: .checkpoint(.duplicateName(entry.name)))
      }
      let entries = metadata.map { "\(quotedJSON($0.name)):\(quotedJSON($0.value))" }
      fields.append("\"__metadata__\":{\(entries.joined(separator: ","))}")
    }
    for (tensor, range) in zip(tensors, ranges) {
      guard tensor.name != "__metadata__" else { throw FormatError(file: file, reason: .checkpoint(.reservedName(tensor.name))) }
      let shape = Tensor.shapeJSON(tensor.shape)
      let offsets = "[\(range.lowerBound),\(range.upperBound)]"
      fields.append("\(quotedJSON(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}")
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    let limit = FormatLimits().headerBytes
    guard header.count <= limit else {
      throw FormatError(file: file, reason: .safetensors(.headerTooLong(bytes: UInt64(header.count), limit: limit)))
    }
    return header
  }
}
