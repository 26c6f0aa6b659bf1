public import Tensors

/// Writes what `torch.load(path, weights_only=True)` reads into an OrderedDict of the same names, order, types, shapes and
/// bits.  The bytes depend on the tensors alone.
public enum PTWriter {
  /// The folder in the archive; torch uses the file's name, or this one when there is none.
  private static let folder = "archive"

  /// Asks for one tensor at a time, in order, so that no more than a part of one is in memory; for one of several parts twice, since its
  /// checksum stands before it.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], to sink: inout Sink, file: String, parts: TensorParts
  ) throws {
    try write(tensors, to: &sink, file: file, zip: ZipWriter(), parts: parts)
  }

  /// The same with whole tensors.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], to sink: inout Sink, file: String, tensor: (Int) throws -> Tensor
  ) throws {
    try withoutActuallyEscaping(tensor) { try write(tensors, to: &sink, file: file, parts: wholeTensors(tensors, file: file, $0)) }
  }

  package static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], to sink: inout Sink, file: String, zip: ZipWriter, parts: TensorParts
  ) throws {
    try checkNames(of: tensors, file: file)
    var zip = zip
    try zip.add("\(folder)/data.pkl", PickleWriter.stateDict(tensors), to: &sink)
    try zip.add("\(folder)/.format_version", Array("1".utf8), to: &sink)
    try zip.add("\(folder)/.storage_alignment", Array("\(ZipWriter.alignment)".utf8), to: &sink)
    try zip.add("\(folder)/byteorder", Array("little".utf8), to: &sink)
    for (index, description) in tensors.enumerated() {
      try write(description, index, to: &sink, file: file, zip: &zip, parts: parts)
    }
    try zip.add("\(folder)/version", Array("3\n".utf8), to: &sink)
    try zip.finish(to: &sink)
  }

  private static func write<Sink: ByteSink & ~Copyable>(
    _ description: TensorDescription, _ index: Int, to sink: inout Sink, file: String, zip: inout ZipWriter, parts: TensorParts
  ) throws {
    let name = "\(folder)/data/\(index)"
    var check = try PartsCheck(description, file: file)
    var crc = CRC32()
    var isWritten = false
    try parts(index) { part in
      try unsafe check.add(part)
      unsafe crc.update(part)
      guard part.count == check.byteCount else { return }
      try zip.begin(name, checksum: crc.value, size: part.count, to: &sink)
      try unsafe sink.write(part)
      isWritten = true
    }
    try check.finish()
    guard !isWritten else { return }
    try zip.begin(name, checksum: crc.value, size: check.byteCount, to: &sink)
    var second = try PartsCheck(description, file: file)
    var again = CRC32()
    try parts(index) { part in
      try unsafe second.add(part)
      unsafe again.update(part)
      try unsafe sink.write(part)
    }
    try second.finish()
    guard again.value == crc.value else { throw FormatError(file: file, reason: .checkpoint(.otherTensor(description.name))) }
  }

  /// Writes a whole state_dict.
  public static func write<Sink: ByteSink & ~Copyable>(_ stateDict: StateDict, to sink: inout Sink, file: String) throws {
    try write(stateDict.descriptions, to: &sink, file: file) { stateDict.entries[$0].tensor }
  }
}

extension StateDict {
  /// What the writers announce before the tensors follow.
  public var descriptions: [TensorDescription] {
    entries.map { TensorDescription(name: $0.name, dtype: $0.tensor.dtype, shape: $0.tensor.shape) }
  }
}

/// Throws when a name occurs twice.
func checkNames(of tensors: [TensorDescription], file: String) throws(FormatError) {
  var seen = Set<Name>()
  for tensor in tensors where !seen.insert(Name(tensor.name)).inserted {
    throw FormatError(file: file, reason: .checkpoint(.duplicateName(tensor.name)))
  }
}
