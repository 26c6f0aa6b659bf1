internal import Tensors

/// The format of torch before 1.6: five pickles in a row (magic number, protocol, system, value, keys of the storages),
/// then each storage as its number of elements (8 bytes) and its elements, always little end first.
///
/// Source: `_legacy_save` in torch/serialization.py, `THPStorage_writeFileRaw`.
struct LegacyPickle {
  let machine: PickleMachine
  let root: PickleValue
  /// By the storage's key.
  private(set) var storages: [Name: StorageBytes] = [:]

  /// LONG1 0x1950a86a20f9469cfc6c STOP.
  private static let magic: [UInt8] = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
  private static let protocolVersion = 1001

  /// Whether a file may begin like this; the first 14 bytes are enough.
  static func isLegacy(_ start: [UInt8]) -> Bool {
    guard start.count >= 5, start[0] == 0x80 else { return false }
    if start[2...].starts(with: magic.prefix(3)) { return true }
    // Any pickle of a protocol from 4 on has a frame: the magic number behind it tells.
    guard start[2] == 0x95 else { return false }
    return start.count < 14 || start[11...].starts(with: magic.prefix(3))
  }

  init(_ input: InputFile, limits: FormatLimits) throws(FormatError) {
    // The pickles' length stands nowhere: read a piece, and a larger one if it ends in their middle.
    var window = 1 << 20
    while true {
      let count = min(window, limits.pickleBytes, input.count)
      do throws(FormatError) {
        try self.init(try input.bytes(at: 0, count: count), of: input, limits: limits)
        return
      } catch {
        guard count < input.count, count < limits.pickleBytes, Self.isCutOff(error) else { throw error }
        window *= 8
      }
    }
  }

  private static func isCutOff(_ error: FormatError) -> Bool {
    switch error.reason {
    case .pickle(.truncated), .pickle(.lengthBeyondEnd): true
    default: false
    }
  }

  /// Where a storage ends whose type isn't stored: the tensors in it are refused by their names, or left out.
  private static func end(
    ofUnstored key: String, at position: Int, of input: InputFile, _ machine: PickleMachine, _ failure: (CheckpointProblem) -> FormatError
  ) throws(FormatError) -> Int {
    guard let type = machine.unstoredStorages[Name(key)] else { throw failure(.missingStorage(key)) }
    let tensor = machine.unstoredTensor(type)
    guard let size = tensor?.elementSize else {
      throw failure(.unstoredStorage(key, kind: tensor?.kind ?? shown(machine.name(ofForeign: type))))
    }
    guard input.count - position >= 8 else { throw failure(.missingStorage(key)) }
    let count = try input.bytes(at: position, count: 8).uint64(at: 0)
    let room = input.count - position - 8
    guard count <= UInt64(room / size) else { throw failure(.missingStorage(key)) }
    return position + 8 + Int(count) * size
  }

  private init(_ bytes: [UInt8], of input: InputFile, limits: FormatLimits) throws(FormatError) {
    func problem(_ problem: CheckpointProblem, _ offset: Int) -> FormatError {
      FormatError(file: input.name, offset: offset, reason: .checkpoint(problem))
    }
    // Protocols from 4 on put a frame of 13 bytes around it.
    let start = bytes.count > 2 && bytes[2] == 0x95 ? 11 : 2
    guard bytes.count >= start, bytes[start...].starts(with: Self.magic) else { throw problem(.badLegacyHeader, 0) }
    var position = start + Self.magic.count
    func run(_ position: inout Int) throws(FormatError) -> (PickleMachine, PickleValue) {
      var machine = PickleMachine(bytes, file: input.name, part: nil, limits: limits)
      machine.position = position
      let value = try machine.run()
      position = machine.position
      return (machine, value)
    }
    let (_, version) = try run(&position)
    guard version == .int(Self.protocolVersion) else { throw problem(.badLegacyHeader, start + Self.magic.count) }
    // It says what byte order the writer had; the storages are little end first all the same.
    _ = try run(&position)
    (machine, root) = try run(&position)
    let keysStart = position
    let (keysMachine, keys) = try run(&position)
    guard case .list(let place) = keys else { throw problem(.badLegacyHeader, keysStart) }

    let declared = Dictionary(machine.storages.map { (Name($0.key), $0) }, uniquingKeysWith: { first, _ in first })
    for value in keysMachine.containers[Int(place)] {
      guard case .text(let slice) = value else { throw problem(.badLegacyHeader, keysStart) }
      let key = try keysMachine.text(slice)
      guard let storage = declared[Name(key)] else {
        position = try Self.end(ofUnstored: key, at: position, of: input, machine) { problem in
          FormatError(file: input.name, offset: keysStart, reason: .checkpoint(problem))
        }
        continue
      }
      let size = storage.wholeCount * storage.elementSize
      guard input.count - position >= 8, size <= input.count - position - 8 else {
        throw problem(.storageSize(key: key, declared: size, found: max(input.count - position - 8, 0)), position)
      }
      let count = try input.bytes(at: position, count: 8).uint64(at: 0)
      guard count == UInt64(storage.wholeCount) else {
        let (found, overflow) = count.multipliedReportingOverflow(by: UInt64(storage.elementSize))
        throw problem(.storageSize(key: key, declared: size, found: overflow ? .max : Int(clamping: found)), position)
      }
      guard storages.updateValue(StorageBytes(offset: position + 8, count: size, entry: nil), forKey: Name(key)) == nil else {
        throw problem(.duplicateName(key), keysStart)
      }
      position += 8 + size
    }
    guard position == input.count else { throw problem(.trailingBytes, position) }
  }
}
