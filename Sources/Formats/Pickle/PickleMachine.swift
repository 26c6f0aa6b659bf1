internal import Tensors

/// Reads a pickle and calls nothing.
///
/// What it is not: Python's unpickler.  It knows the opcodes of protocols 2 to 5 that a checkpoint needs and the names of
/// `PickleGlobal`.  Any other name, and whatever would come of it, is an opaque value: nothing is executed, nothing is read of it.
/// A `DangerousName` is refused where it is mentioned.  Invariants that bound it on hostile input:
/// 1. one step reads at least one byte of the pickle, and no step copies more than it takes from the stack;
/// 2. containers are places in `containers`: nothing recurses, shared and cyclic values cost nothing;
/// 3. stack, marks, memo, containers and tensors stay within `FormatLimits`.
/// Source: Python's Lib/pickletools.py, torch/_weights_only_unpickler.py.
struct PickleMachine {
  let file: String
  let part: String?
  let limits: FormatLimits
  /// All of the pickle; legacy files have several in a row.
  let bytes: [UInt8]
  /// Where `bytes` start in the part, for messages.
  let base: Int

  /// Tuples and lists in order; dictionaries as key, value, key, value.
  private(set) var containers: [[PickleValue]] = []
  private(set) var storages: [PickledStorage] = []
  private(set) var tensors: [PickledTensor] = []
  private(set) var foreign: [ForeignName] = []
  /// By its key, each storage of a type that isn't stored, which is a place in `foreign`.
  private(set) var unstoredStorages: [Name: Int32] = [:]

  var position = 0
  /// Where the opcode at work stands.
  private(set) var opcodeStart = 0
  var stack: [PickleValue] = []
  /// Heights of the stack at the open marks.
  var marks: [Int] = []
  var memo: [PickleValue?] = []
  private var storagePlaces: [PickledStorage: Int32] = [:]
  private var valueCount = 0

  init(_ bytes: [UInt8], file: String, part: String?, base: Int = 0, limits: FormatLimits) {
    self.bytes = bytes
    self.file = file
    self.part = part
    self.base = base
    self.limits = limits
  }

  /// Runs one pickle, from `position` to its STOP, and gives its value.
  mutating func run() throws(FormatError) -> PickleValue {
    guard bytes.count <= limits.pickleBytes, bytes.count < Int32.max else {
      throw failure(.tooLong(bytes: bytes.count, limit: limits.pickleBytes))
    }
    stack.removeAll()
    marks.removeAll()
    memo.removeAll()
    while true {
      opcodeStart = position
      let code = try byte()
      if code == 0x2e { break }
      guard let opcode = PickleOpcode(rawValue: code) else { throw failure(.opcode(code)) }
      try execute(opcode)
      guard stack.count <= limits.pickleStack else { throw failure(.stackTooDeep(limit: limits.pickleStack)) }
    }
    guard stack.count == 1, marks.isEmpty, let value = stack.last else { throw failure(.unfinished) }
    return value
  }

  /// A foreign name's full text, which was checked when it was mentioned.
  func name(ofForeign place: Int32) -> String {
    let foreign = foreign[Int(place)]
    return "\((try? text(foreign.module)) ?? "").\((try? text(foreign.name)) ?? "")"
  }

  /// What an object or a name is if it is a tensor of a kind that isn't stored.
  func unstoredTensor(_ place: Int32) -> UnstoredTensor? { foreign[Int(place)].unstoredTensor }

  /// The refusal of a file that needs this name's object.
  func refusal(ofForeign place: Int32) -> FormatError {
    FormatError(
      file: file, part: part, offset: foreign[Int(place)].place, reason: .pickle(.forbiddenGlobal(name(ofForeign: place))))
  }

  func failure(_ problem: PickleProblem) -> FormatError {
    FormatError(file: file, part: part, offset: base + opcodeStart, reason: .pickle(problem))
  }

  // Bytes

  mutating func byte() throws(FormatError) -> UInt8 {
    guard position < bytes.count else { throw failure(.truncated) }
    defer { position += 1 }
    return bytes[position]
  }

  /// An unsigned number of `count` bytes, little end first.
  mutating func number(_ count: Int) throws(FormatError) -> Int {
    guard bytes.count - position >= count else { throw failure(.truncated) }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
    position += count
    // Only a length of eight bytes can be too large, and such a length is beyond the end.
    return Int(clamping: value)
  }

  mutating func slice(_ count: Int) throws(FormatError) -> PickleSlice {
    guard count <= bytes.count - position else { throw failure(.lengthBeyondEnd(count)) }
    defer { position += count }
    return PickleSlice(start: Int32(position), count: Int32(count))
  }

  /// Bytes up to the next line feed.  No module or name has more than 512.
  mutating func line() throws(FormatError) -> PickleSlice {
    guard let end = bytes[position..<min(position + 513, bytes.count)].firstIndex(of: 0x0a) else { throw failure(.truncated) }
    let line = PickleSlice(start: Int32(position), count: Int32(end - position))
    position = end + 1
    return line
  }

  func text(_ slice: PickleSlice) throws(FormatError) -> String {
    let range = Int(slice.start)..<Int(slice.start) + Int(slice.count)
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw failure(.badText) }
    return text
  }

  /// Whether a value is this text, without making a string of it.
  func isText(_ value: PickleValue, _ text: StaticString) -> Bool {
    guard case .text(let slice) = value, Int(slice.count) == text.utf8CodeUnitCount else { return false }
    let range = Int(slice.start)..<Int(slice.start) + Int(slice.count)
    return text.withUTF8Buffer { unsafe bytes[range].elementsEqual($0) }
  }

  // Stack

  mutating func pop() throws(FormatError) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw failure(.stackUnderflow) }
    return value
  }

  mutating func top() throws(FormatError) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else { throw failure(.stackUnderflow) }
    return value
  }

  /// Everything above the innermost mark.
  mutating func popToMark() throws(FormatError) -> [PickleValue] {
    guard let height = marks.popLast() else { throw failure(.noMark) }
    let values = Array(stack[height...])
    stack.removeSubrange(height...)
    return values
  }

  // Containers

  mutating func newContainer(_ values: [PickleValue] = []) throws(FormatError) -> Int32 {
    try count(values.count + 4)
    containers.append(values)
    return Int32(containers.count - 1)
  }

  mutating func extend(_ container: Int32, by values: [PickleValue]) throws(FormatError) {
    try count(values.count)
    containers[Int(container)].append(contentsOf: values)
  }

  private mutating func count(_ values: Int) throws(FormatError) {
    valueCount += values
    guard valueCount <= limits.pickleValues else { throw failure(.tooManyValues(limit: limits.pickleValues)) }
  }

  mutating func remember(_ value: PickleValue, at index: Int) throws(FormatError) {
    guard index < limits.pickleMemo else { throw failure(.tooManyValues(limit: limits.pickleMemo)) }
    // Picklers count up by one: a far index would be a cheap way to ask for memory.
    guard index <= 2 * memo.count + 1024 else { throw failure(.sparseMemo(index)) }
    while memo.count <= index { memo.append(nil) }
    memo[index] = value
  }

  mutating func addStorage(_ storage: PickledStorage) throws(FormatError) -> PickleValue {
    if let known = storagePlaces[storage] { return .storage(known) }
    guard storages.count < limits.pickleTensors else { throw failure(.tooManyValues(limit: limits.pickleTensors)) }
    let place = Int32(storages.count)
    storages.append(storage)
    storagePlaces[storage] = place
    return .storage(place)
  }

  /// A storage whose type isn't stored: whoever uses it is refused by the type's name, or left out.
  mutating func addUnstoredStorage(_ key: String, type: Int32) throws(FormatError) -> PickleValue {
    guard unstoredStorages.count < limits.pickleTensors else { throw failure(.tooManyValues(limit: limits.pickleTensors)) }
    unstoredStorages[Name(key)] = type
    return .object(type)
  }

  mutating func addForeign(module: PickleSlice, name: PickleSlice, _ fullName: String) throws(FormatError) -> PickleValue {
    // More than it weighs: each name is validated and looked up, once.
    try count(16)
    foreign.append(
      ForeignName(
        module: module, name: name, place: base + opcodeStart, unstoredTensor: UnstoredTensor(fullName),
        rebuildsTensor: fullName.hasPrefix("torch._utils._rebuild_")))
    return .foreign(Int32(foreign.count - 1))
  }

  mutating func addTensor(_ tensor: PickledTensor) throws(FormatError) -> PickleValue {
    guard tensors.count < limits.pickleTensors else { throw failure(.tooManyValues(limit: limits.pickleTensors)) }
    // Its shape and strides are copies: of one tuple a file may make a million tensors with 64 dimensions.
    try count(max(0, 2 * (tensor.view.shape.count - 4)))
    tensors.append(tensor)
    return .tensor(Int32(tensors.count - 1))
  }
}
