public import Tensors

/// Writes what `torch.load(path, weights_only=True)` reads into an OrderedDict of the same names, order, types, shapes and
/// bits.  The bytes depend on the tensors alone.
public enum PTWriter {
  /// The folder in the archive; torch uses the file's name, or this one when there is none.
  private static let folder = "archive"

  /// Asks for one tensor at a time, in order, so that no more than one is in memory.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], to sink: inout Sink, file: String, tensor: (Int) throws -> Tensor
  ) throws {
    try write(tensors, to: &sink, file: file, zip: ZipWriter(), tensor: tensor)
  }

  package static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], to sink: inout Sink, file: String, zip: ZipWriter, tensor: (Int) throws -> Tensor
  ) throws {
    try checkNames(of: tensors, file: file)
    var zip = zip
    try zip.add("\(folder)/data.pkl", PickleWriter.stateDict(tensors), to: &sink)
    try zip.add("\(folder)/.format_version", Array("1".utf8), to: &sink)
    try zip.add("\(folder)/.storage_alignment", Array("\(ZipWriter.alignment)".utf8), to: &sink)
    try zip.add("\(folder)/byteorder", Array("little".utf8), to: &sink)
    for (index, description) in tensors.enumerated() {
      let tensor = try tensor(index)
      try check(tensor, is: description, file: file)
      try zip.add("\(folder)/data/\(index)", tensor.data, to: &sink)
    }
    try zip.add("\(folder)/version", Array("3\n".utf8), to: &sink)
    try zip.finish(to: &sink)
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
