public import Tensors

/// A safetensors file: the header's length (8 bytes), the header (JSON), the tensors.
///
/// As strict as the reference implementation and stricter where it leaves a choice (a key twice, an unknown field are
/// refused): the tensors fill the rest of the file without a hole, an overlap or a byte left over.
/// Source: github.com/huggingface/safetensors, safetensors/src/tensor.rs.
public final class SafetensorsFile: TensorFile {
  /// In the header's order.
  public let tensors: [TensorDescription]
  /// The header's `__metadata__`, whose values are texts.
  public let metadata: [MetadataEntry]

  public let ignored: [String] = []

  public var file: String { input.name }
  public var format: TensorFormat { .safetensors }
  public var byteCount: Int { input.count }
  public func checkUnchanged() throws(FormatError) { try input.checkUnchanged() }
  private let input: InputFile
  /// Where each tensor's bytes stand in the file.
  private let ranges: [Range<Int>]

  public init(_ input: InputFile, limits: FormatLimits = FormatLimits()) throws(FormatError) {
    func problem(_ problem: SafetensorsProblem, _ offset: Int = 0) -> FormatError {
      FormatError(file: input.name, offset: offset, reason: .safetensors(problem))
    }
    guard input.count >= 8 else { throw problem(.tooShort) }
    let announced = try input.bytes(at: 0, count: 8).uint64(at: 0)
    guard announced <= UInt64(limits.headerBytes) else { throw problem(.headerTooLong(bytes: announced, limit: limits.headerBytes)) }
    let length = Int(announced)
    guard length <= input.count - 8 else { throw problem(.headerBeyondEnd(bytes: length)) }
    let bytes = try input.bytes(at: 8, count: length)
    guard bytes.first == 0x7b else { throw problem(.headerStart, 8) }

    let header = try SafetensorsHeader(bytes, file: input.name)
    let dataStart = 8 + length
    let available = input.count - dataStart
    // In the order of the data, each must begin where the one before it ends.
    var end = 0
    for entry in header.entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      let name = entry.description.name
      guard entry.begin <= entry.end else {
        throw problem(.backwardOffsets(tensor: name, begin: entry.begin, end: entry.end), entry.place)
      }
      guard entry.begin >= end else { throw problem(.overlap(tensor: name, begin: entry.begin, previousEnd: end), entry.place) }
      guard entry.begin <= end else { throw problem(.hole(tensor: name, begin: entry.begin, previousEnd: end), entry.place) }
      guard entry.end <= available else { throw problem(.beyondEnd(tensor: name, end: entry.end, available: available), entry.place) }
      guard let needed = try? Tensor.byteCount(dtype: entry.description.dtype, shape: entry.description.shape) else {
        throw problem(.illegalShape(tensor: name, shape: entry.description.shape), entry.place)
      }
      guard needed == entry.end - entry.begin else {
        throw problem(.wrongSize(tensor: name, needed: needed, got: entry.end - entry.begin), entry.place)
      }
      end = entry.end
    }
    guard end == available else { throw problem(.trailingBytes(available - end), dataStart + end) }
    self.input = input
    tensors = header.entries.map(\.description)
    ranges = header.entries.map { dataStart + $0.begin..<dataStart + $0.end }
    metadata = header.metadata
  }

  public func tensor(at index: Int) throws(FormatError) -> Tensor {
    let description = tensors[index]
    let data = try input.bytes(at: ranges[index].lowerBound, count: ranges[index].count)
    do throws(TensorError) {
      return try Tensor(dtype: description.dtype, shape: description.shape, data: data)
    } catch {
      throw FormatError(
        file: input.name, reason: .safetensors(.illegalShape(tensor: description.name, shape: description.shape)))
    }
  }

  public func read(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try input.parts(of: ranges[index]) { part in try unsafe part.withUnsafeBytes { try unsafe body($0) } }
  }
}
