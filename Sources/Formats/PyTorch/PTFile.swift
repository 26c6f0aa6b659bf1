public import Tensors

/// A file that `torch.save` wrote: the zip format of torch 1.6 and later, or the one before it.
///
/// It holds a state_dict, or a checkpoint with a state_dict under a key.  Opening it checks the directory, the pickle, and
/// that every tensor lies within its storage; a storage's checksum is checked when the storage is first read.
public final class PTFile: TensorFile {
  public let tensors: [TensorDescription]
  public private(set) var metadata: [MetadataEntry]
  /// Entries of the dictionaries that are neither tensors nor scalars (an optimizer's state, say), and were left out.
  public private(set) var ignored: [String]
  /// The path of the dictionary that was taken for the state_dict; nil where that is the whole file.
  public let key: String?
  /// The paths of other dictionaries of tensors in the file, up to a hundred.
  public let otherKeys: [String]

  public var file: String { input.name }
  public var format: TensorFormat { .pt }
  public var byteCount: Int { input.count }
  public func checkUnchanged() throws(FormatError) { try input.checkUnchanged() }
  private let input: InputFile
  private let archive: ZipArchive?
  private let isBigEndian: Bool
  private let items: [PTItem]
  /// Storages whose checksum is known to hold, by where they start.
  private var verified: Set<Int> = []

  /// `key` chooses among several state_dicts of one checkpoint.
  public convenience init(_ input: InputFile, key: String? = nil, limits: FormatLimits = FormatLimits()) throws(FormatError) {
    try self.init(input, key: key, limits: limits, verifyingChecksums: true)
  }

  /// Mutations and the fuzzer leave checksums out, at which they would all end otherwise.
  package init(_ input: InputFile, key: String?, limits: FormatLimits, verifyingChecksums: Bool) throws(FormatError) {
    let start = try input.bytes(at: 0, count: min(input.count, 14))
    let machine: PickleMachine
    let root: PickleValue
    let locate: (String) -> StorageBytes?
    if LegacyPickle.isLegacy(start) {
      let legacy = try LegacyPickle(input, limits: limits)
      archive = nil
      isBigEndian = false
      (machine, root) = (legacy.machine, legacy.root)
      locate = { legacy.storages[Name($0)] }
    } else {
      let archive = try TorchArchive.open(input, limits: limits, verifyingChecksums: verifyingChecksums)
      let contents = try TorchArchive(archive, limits: limits)
      self.archive = archive
      isBigEndian = contents.isBigEndian
      (machine, root) = (contents.machine, contents.root)
      locate = { key in
        archive["\(contents.folder)/data/\(key)"].map { StorageBytes(offset: $0.offset, count: $0.count, entry: $0) }
      }
    }
    let checkpoint = try Checkpoint(root, of: machine, key: key)
    var finder = StorageFinder(machine, roomFor: input, limits, locate)
    var tensors: [TensorDescription] = []
    var items: [PTItem] = []
    for (name, place) in checkpoint.tensors {
      let item = try finder.item(place)
      tensors.append(TensorDescription(name: name, dtype: item.tensor.dtype, shape: item.tensor.view.shape))
      items.append(item)
    }
    self.input = input
    self.tensors = tensors
    self.items = items
    metadata = checkpoint.metadata
    ignored = checkpoint.ignored
    self.key = checkpoint.key
    otherKeys = checkpoint.others
    for (name, place) in checkpoint.scalars {
      if let value = MetadataValue(try tensor(try finder.item(place))) {
        metadata.append(MetadataEntry(name: name, value: value))
      } else {
        ignored.append(name)
      }
    }
  }

  public func tensor(at index: Int) throws(FormatError) -> Tensor { try tensor(items[index]) }

  private func tensor(_ item: PTItem) throws(FormatError) -> Tensor {
    let (tensor, storage) = (item.tensor, item.storage)
    let size = tensor.dtype.size
    let view = tensor.view
    let byteCount = view.elementCount * size
    let start = storage.offset + item.viewOffset + view.offset * size
    var data: [UInt8]
    if byteCount == storage.count, view.isContiguous {
      data = try wholeStorage(storage)
    } else {
      try verify(storage)
      if byteCount == 0 {
        data = []
      } else if view.isContiguous {
        data = try input.bytes(at: start, count: byteCount)
      } else {
        data = try gathered(view, at: start, elementSize: size)
      }
    }
    settle(&data, of: item)
    do throws(TensorError) {
      return try Tensor(dtype: tensor.dtype, shape: view.shape, data: data)
    } catch {
      throw FormatError(file: input.name, reason: .pickle(.illegalShape(view.shape)))
    }
  }

  /// Makes the file's elements those of the tensor: little-endian, conjugated, negated.
  private func settle(_ data: inout [UInt8], of item: PTItem) {
    let tensor = item.tensor
    if isBigEndian { data.reverseParts(of: tensor.dtype.partSize) }
    if tensor.isConjugated { data.flipSigns(partSize: tensor.dtype.partSize, every: 2, from: 1) }
    if tensor.isNegated { data.flipSigns(partSize: tensor.dtype.partSize, every: 1, from: 0) }
  }

  public func read(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let item = items[index]
    let size = item.tensor.dtype.size
    let storageStart = item.storage.offset + item.viewOffset
    func give(_ part: [UInt8]) throws {
      var part = part
      settle(&part, of: item)
      try unsafe part.withUnsafeBytes { try unsafe body($0) }
    }
    let view = item.tensor.view
    guard view.isContiguous else {
      try verify(item.storage)
      for slab in view.slabs(of: Self.slabSize / size) {
        try give(try gathered(slab, at: storageStart + slab.offset * size, elementSize: size))
      }
      return
    }
    let start = storageStart + view.offset * size
    let isWhole = view.elementCount * size == item.storage.count
    // A whole storage and its checksum are read in one pass.
    guard isWhole, let archive, let entry = item.storage.entry, !verified.contains(item.storage.offset) else {
      try verify(item.storage)
      return try input.parts(of: start..<start + view.elementCount * size, give)
    }
    var crc = CRC32()
    try input.parts(of: start..<start + item.storage.count) { part in
      unsafe part.withUnsafeBytes { unsafe crc.update($0) }
      try give(part)
    }
    try archive.verify(crc.value, of: entry)
    verified.insert(item.storage.offset)
  }

  private func gathered(_ view: StridedView, at start: Int, elementSize: Int) throws(FormatError) -> [UInt8] {
    var failure: FormatError?
    let byteCount = view.elementCount * elementSize
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
      do throws(FormatError) {
        unsafe try view.gather(elementSize: elementSize, into: UnsafeMutableRawBufferPointer(buffer)) {
          (offset, part) throws(FormatError) in
          unsafe try input.read(into: part, at: start + offset)
        }
        initialized = byteCount
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads a storage and its checksum in one pass, piece by piece while the piece is in the cache.
  private func wholeStorage(_ storage: StorageBytes) throws(FormatError) -> [UInt8] {
    var failure: FormatError?
    var crc = CRC32()
    let isChecked = storage.entry != nil && !verified.contains(storage.offset)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: storage.count) { buffer, initialized in
      var done = 0
      while done < storage.count, failure == nil {
        let end = min(done + Self.pieceSize, storage.count)
        let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[done..<end])
        do throws(FormatError) {
          unsafe try input.read(into: piece, at: storage.offset + done)
          if isChecked { unsafe crc.update(UnsafeRawBufferPointer(piece)) }
        } catch {
          failure = error
        }
        done = end
      }
      initialized = failure == nil ? storage.count : 0
    }
    if let failure { throw failure }
    if isChecked, let entry = storage.entry {
      try archive?.verify(crc.value, of: entry)
      verified.insert(storage.offset)
    }
    return bytes
  }

  /// Checks the checksum of a storage of which only a part is wanted, once.
  private func verify(_ storage: StorageBytes) throws(FormatError) {
    guard let archive, let entry = storage.entry, !verified.contains(storage.offset) else { return }
    var crc = CRC32()
    var done = 0
    while done < storage.count {
      let piece = try input.bytes(at: storage.offset + done, count: min(Self.pieceSize, storage.count - done))
      unsafe piece.withUnsafeBytes { unsafe crc.update($0) }
      done += piece.count
    }
    try archive.verify(crc.value, of: entry)
    verified.insert(storage.offset)
  }

  private static let pieceSize = 256 << 10
  /// How much of a large view that isn't contiguous is gathered at once.
  private static let slabSize = 32 << 20
}
