import Formats

/// A zip archive built by hand, so that every field can lie.
struct CraftedZip {
  struct Entry {
    var name: [UInt8]
    var data: [UInt8]
    var flags: UInt16 = 0
    var method: UInt16 = 0
    var checksum: UInt32?
    /// What the directory says; the data's count by default.
    var size: UInt32?
    var stored: UInt32?
    var headerOffset: UInt32?
    /// What the local header says where it differs.
    var localName: [UInt8]?
    var localSize: UInt32?
    var localChecksum: UInt32?
    var localMethod: UInt16?
    var localSignature: UInt32 = 0x0403_4b50
    var signature: UInt32 = 0x0201_4b50
    var extra: [UInt8] = []
    var disk: UInt16 = 0

    init(_ name: String, _ data: [UInt8]) {
      self.name = Array(name.utf8)
      self.data = data
    }
  }

  var entries: [Entry] = []
  var count: UInt16?
  var directorySize: UInt32?
  var directoryOffset: UInt32?
  var disk: UInt16 = 0
  var comment: [UInt8] = []
  var commentCount: UInt16?
  /// Written between the directory and the end record: a zip64 record and locator, say.
  var beforeEnd: (_ directoryOffset: Int, _ directorySize: Int, _ count: Int) -> [UInt8] = { _, _, _ in [] }

  /// The archive of a PyTorch file with this pickle and these storages.
  static func torch(_ pickle: [UInt8], _ storages: [String: [UInt8]] = ["0": [0, 0, 128, 63]], byteorder: String? = "little") -> CraftedZip
  {
    var zip = CraftedZip()
    zip.entries.append(Entry("a/data.pkl", pickle))
    if let byteorder { zip.entries.append(Entry("a/byteorder", Array(byteorder.utf8))) }
    for (key, data) in storages.sorted(by: { $0.key < $1.key }) { zip.entries.append(Entry("a/data/\(key)", data)) }
    return zip
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let offset = UInt32(bytes.count)
      let checksum = entry.checksum ?? crc32(entry.data)
      let size = entry.size ?? UInt32(entry.data.count)
      let localName = entry.localName ?? entry.name
      bytes += cat(le(entry.localSignature), le(20 as UInt16), le(entry.flags), le(entry.localMethod ?? entry.method), le(0 as UInt32))
      bytes += cat(le(entry.localChecksum ?? checksum), le(entry.localSize ?? size), le(entry.localSize ?? size))
      bytes += cat(le(UInt16(localName.count)), le(0 as UInt16), localName, entry.data)
      directory += cat(le(entry.signature), le(20 as UInt16), le(20 as UInt16), le(entry.flags), le(entry.method), le(0 as UInt32))
      directory += cat(le(checksum), le(entry.stored ?? size), le(size), le(UInt16(entry.name.count)), le(UInt16(entry.extra.count)))
      directory += cat(le(0 as UInt16), le(entry.disk), le(0 as UInt16), le(0 as UInt32), le(entry.headerOffset ?? offset))
      directory += cat(entry.name, entry.extra)
    }
    let offset = bytes.count
    bytes += directory + beforeEnd(offset, directory.count, entries.count)
    let entryCount = count ?? UInt16(entries.count)
    bytes += cat(le(0x0605_4b50 as UInt32), le(disk), le(0 as UInt16), le(entryCount), le(entryCount))
    bytes += cat(le(directorySize ?? UInt32(directory.count)), le(directoryOffset ?? UInt32(offset)))
    return cat(bytes, le(commentCount ?? UInt16(comment.count)), comment)
  }
}

/// The checksum bit by bit, for want of trust in the one under test.
func crc32(_ bytes: [UInt8]) -> UInt32 {
  var crc = UInt32.max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xedb8_8320 }
  }
  return ~crc
}

/// Byte strings one after the other: `+` over literals takes the type checker seconds.
func cat(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap(\.self) }

/// Pieces of a pickle.
enum Pickle {
  static func text(_ text: String) -> [UInt8] { cat([0x58], le(UInt32(text.utf8.count)), Array(text.utf8)) }
  static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
  static func int(_ value: Int) -> [UInt8] { cat([0x8a, 8], le(value)) }
  static func tuple(_ values: [[UInt8]]) -> [UInt8] { cat([0x28], values.flatMap(\.self), [0x74]) }
  static func integers(_ values: [Int]) -> [UInt8] { tuple(values.map { int($0) }) }
  static func dictionary(_ items: [([UInt8], [UInt8])]) -> [UInt8] { cat([0x7d, 0x28], items.flatMap { $0 + $1 }, [0x75]) }
  /// A whole pickle.
  static func file(_ value: [UInt8]) -> [UInt8] { cat([0x80, 2], value, [0x2e]) }

  static func storage(key: String = "0", type: String = "FloatStorage", count: Int = 1) -> [UInt8] {
    cat(tuple([text("storage"), global("torch", type), text(key), text("cpu"), int(count)]), [0x51])
  }

  static func tensor(
    storage: [UInt8] = storage(), offset: Int = 0, shape: [Int] = [1], strides: [Int] = [1], extra: [[UInt8]] = []
  ) -> [UInt8] {
    let hooks = cat(global("collections", "OrderedDict"), [0x29, 0x52])
    let arguments: [[UInt8]] = [storage, int(offset), integers(shape), integers(strides), [0x89], hooks]
    return cat(global("torch._utils", "_rebuild_tensor_v2"), tuple(arguments + extra), [0x52])
  }

  /// `{"w": value}` as a whole PyTorch file over one storage of one float.
  static func weight(_ value: [UInt8]) -> [UInt8] { CraftedZip.torch(file(dictionary([(text("w"), value)]))).bytes }
}

/// A safetensors file of this header and as many data bytes.
func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
  cat(le(UInt64(header.utf8.count)), Array(header.utf8), [UInt8](repeating: 7, count: data))
}
