internal import Tensors

/// The header of a safetensors file as its JSON has it; the offsets are not yet held against the file.
struct SafetensorsHeader {
  struct Entry {
    let description: TensorDescription
    /// Where its bytes begin and end, counted from the end of the header.
    let begin: Int
    let end: Int
    /// Where the entry stands in the file, for messages.
    let place: Int
  }

  private(set) var entries: [Entry] = []
  private(set) var metadata: [MetadataEntry] = []

  init(_ bytes: [UInt8], file: String) throws(FormatError) {
    var cursor = JSONCursor(bytes, file: file, base: 8)
    var names = Set<Name>()
    try cursor.expect("{")
    if !cursor.take("}") {
      repeat {
        let place = cursor.place
        let name = try cursor.string()
        guard names.insert(Name(name)).inserted else {
          throw FormatError(file: file, offset: place, reason: .safetensors(.duplicateName(name)))
        }
        try cursor.expect(":")
        if name == "__metadata__" {
          metadata = try Self.metadata(&cursor, file: file)
        } else {
          entries.append(try Self.entry(&cursor, name: name, place: place, file: file))
        }
      } while cursor.take(",")
      try cursor.expect("}")
    }
    try cursor.finish()
  }

  private static func metadata(_ cursor: inout JSONCursor, file: String) throws(FormatError) -> [MetadataEntry] {
    var entries: [MetadataEntry] = []
    var names = Set<Name>()
    // The reference implementation's metadata are optional, and null is none.
    if cursor.takeNull() { return entries }
    try cursor.expect("{")
    if cursor.take("}") { return entries }
    repeat {
      let place = cursor.place
      let name = try cursor.string()
      guard names.insert(Name(name)).inserted else {
        throw FormatError(file: file, offset: place, reason: .safetensors(.duplicateName(name)))
      }
      try cursor.expect(":")
      entries.append(MetadataEntry(name: name, value: .string(try cursor.string())))
    } while cursor.take(",")
    try cursor.expect("}")
    return entries
  }

  private static func entry(
    _ cursor: inout JSONCursor, name: String, place: Int, file: String
  ) throws(FormatError) -> Entry {
    func problem(_ problem: SafetensorsProblem) -> FormatError { FormatError(file: file, offset: place, reason: .safetensors(problem)) }
    var dtype: DType?
    var shape: [Int]?
    var offsets: [Int]?
    try cursor.expect("{")
    repeat {
      let field = try cursor.string()
      try cursor.expect(":")
      switch field {
      case "dtype" where dtype == nil:
        let spelling = try cursor.string()
        guard let known = DType(rawValue: spelling), known.isInSafetensors else {
          throw problem(.unknownDType(tensor: name, dtype: spelling))
        }
        dtype = known
      case "shape" where shape == nil:
        shape = try naturals(&cursor, atMost: StridedView.maximumRank, orThrow: problem(.tooManyDimensions(tensor: name)))
      case "data_offsets" where offsets == nil:
        offsets = try naturals(&cursor, atMost: 2, orThrow: problem(.offsetCount(tensor: name)))
        guard offsets?.count == 2 else { throw problem(.offsetCount(tensor: name)) }
      case "dtype", "shape", "data_offsets": throw problem(.duplicateName(field))
      default: throw problem(.unknownField(tensor: name, field: field))
      }
    } while cursor.take(",")
    try cursor.expect("}")
    guard let dtype else { throw problem(.missingField(tensor: name, field: "dtype")) }
    guard let shape else { throw problem(.missingField(tensor: name, field: "shape")) }
    guard let offsets else { throw problem(.missingField(tensor: name, field: "data_offsets")) }
    return Entry(
      description: TensorDescription(name: name, dtype: dtype, shape: shape), begin: offsets[0], end: offsets[1], place: place)
  }

  private static func naturals(
    _ cursor: inout JSONCursor, atMost limit: Int, orThrow error: @autoclosure () -> FormatError
  ) throws(FormatError) -> [Int] {
    var numbers: [Int] = []
    try cursor.expect("[")
    if cursor.take("]") { return numbers }
    repeat {
      guard numbers.count < limit else { throw error() }
      numbers.append(try cursor.natural())
    } while cursor.take(",")
    try cursor.expect("]")
    return numbers
  }
}

extension DType {
  /// The format has no complex numbers of 16 bytes.
  var isInSafetensors: Bool { self != .complex128 }
}
