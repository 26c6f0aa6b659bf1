/// The opcodes that are read, by the names of Python's pickletools.  STOP is the machine's own.
enum PickleOpcode: UInt8 {
  case proto = 0x80
  case frame = 0x95
  // Values
  case none = 0x4e
  case newTrue = 0x88
  case newFalse = 0x89
  case binInt = 0x4a
  case binInt1 = 0x4b
  case binInt2 = 0x4d
  case long1 = 0x8a
  case long4 = 0x8b
  case binFloat = 0x47
  case binUnicode = 0x58
  case shortBinUnicode = 0x8c
  case binUnicode8 = 0x8d
  case binString = 0x54
  case shortBinString = 0x55
  case binBytes = 0x42
  case shortBinBytes = 0x43
  case binBytes8 = 0x8e
  case byteArray8 = 0x96
  // Containers
  case emptyTuple = 0x29
  case tuple = 0x74
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case emptyList = 0x5d
  case list = 0x6c
  case append = 0x61
  case appends = 0x65
  case emptyDict = 0x7d
  case dict = 0x64
  case setItem = 0x73
  case setItems = 0x75
  case emptySet = 0x8f
  case addItems = 0x90
  case frozenSet = 0x91
  // Stack and memo
  case mark = 0x28
  case pop = 0x30
  case popMark = 0x31
  case dup = 0x32
  case binGet = 0x68
  case longBinGet = 0x6a
  case binPut = 0x71
  case longBinPut = 0x72
  case memoize = 0x94
  // Names and what is made of them
  case global = 0x63
  case stackGlobal = 0x93
  case inst = 0x69
  case reduce = 0x52
  case newObj = 0x81
  case newObjEx = 0x92
  case build = 0x62
  case binPersID = 0x51
}

extension PickleMachine {
  mutating func execute(_ opcode: PickleOpcode) throws(FormatError) {
    switch opcode {
    case .proto:
      let version = Int(try byte())
      guard (2...5).contains(version) else { throw failure(.protocolVersion(version)) }
    case .frame:
      // Frames only help to read ahead; their length must be true all the same.
      let length = try number(8)
      guard length <= bytes.count - position else { throw failure(.lengthBeyondEnd(length)) }
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: stack.append(.int(Int(Int32(truncatingIfNeeded: try number(4)))))
    case .binInt1: stack.append(.int(try number(1)))
    case .binInt2: stack.append(.int(try number(2)))
    case .long1: stack.append(try long(try number(1)))
    case .long4: stack.append(try long(try number(4)))
    case .binFloat: stack.append(.float(try float()))
    case .binUnicode, .binString: stack.append(.text(try slice(try number(4))))
    case .shortBinUnicode, .shortBinString: stack.append(.text(try slice(try number(1))))
    case .binUnicode8: stack.append(.text(try slice(try number(8))))
    case .binBytes: try opaqueBytes(try number(4))
    case .shortBinBytes: try opaqueBytes(try number(1))
    case .binBytes8, .byteArray8: try opaqueBytes(try number(8))
    case .emptyTuple: stack.append(.tuple(try newContainer()))
    case .tuple: stack.append(.tuple(try newContainer(try popToMark())))
    case .tuple1: try makeTuple(1)
    case .tuple2: try makeTuple(2)
    case .tuple3: try makeTuple(3)
    case .emptyList: stack.append(.list(try newContainer()))
    case .list: stack.append(.list(try newContainer(try popToMark())))
    case .append: try append([try pop()])
    case .appends: try append(try popToMark())
    case .emptyDict: stack.append(.dictionary(try newContainer()))
    case .dict:
      let values = try popToMark()
      guard values.count.isMultiple(of: 2) else { throw failure(.wrongKind(what: "DICT")) }
      stack.append(.dictionary(try newContainer(values)))
    case .setItem:
      let value = try pop()
      try setItems([try pop(), value])
    case .setItems: try setItems(try popToMark())
    case .emptySet: stack.append(.opaque)
    case .addItems:
      _ = try popToMark()
      guard try top().isOpaque else { throw failure(.wrongKind(what: "ADDITEMS")) }
    case .frozenSet:
      _ = try popToMark()
      stack.append(.opaque)
    case .mark:
      guard marks.count < limits.pickleMarks else { throw failure(.tooManyMarks(limit: limits.pickleMarks)) }
      marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()
    case .dup: stack.append(try top())
    case .binGet: try get(try number(1))
    case .longBinGet: try get(try number(4))
    case .binPut: try remember(try top(), at: try number(1))
    case .longBinPut: try remember(try top(), at: try number(4))
    case .memoize: try remember(try top(), at: memo.count)
    case .global:
      let module = try line()
      try pushGlobal(module: module, name: try line())
    case .stackGlobal:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else { throw failure(.wrongKind(what: "STACK_GLOBAL")) }
      try pushGlobal(module: module, name: name)
    case .inst:
      // The old spelling of a call: read so far that the refusal can name it.
      let module = try text(try line())
      throw failure(.forbiddenGlobal("\(module).\(try text(try line()))"))
    case .reduce: try reduce()
    case .newObj: try newObject(keywords: false)
    case .newObjEx: try newObject(keywords: true)
    case .build: try build()
    case .binPersID: try persistentID()
    }
  }

  /// A signed integer of any length; one that 64 bits don't hold (the state of NumPy's generators has 128) is opaque.
  private mutating func long(_ count: Int) throws(FormatError) -> PickleValue {
    let slice = try slice(count)
    guard count > 0 else { return .int(0) }
    let digits = bytes[Int(slice.start)..<Int(slice.start) + count]
    var value: UInt64 = 0
    for (index, byte) in digits.prefix(8).enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
    let unused = Int64(max(64 - 8 * count, 0))
    let integer = (Int64(bitPattern: value) << unused) >> unused
    // Bytes beyond the eighth may only repeat the sign.
    guard digits.dropFirst(8).allSatisfy({ $0 == (integer < 0 ? 0xff : 0) }) else { return .opaque }
    return .int(Int(integer))
  }

  /// Eight bytes, big end first.
  private mutating func float() throws(FormatError) -> Double {
    var bits: UInt64 = 0
    for _ in 0..<8 { bits = bits << 8 | UInt64(try byte()) }
    return Double(bitPattern: bits)
  }

  private mutating func opaqueBytes(_ count: Int) throws(FormatError) {
    _ = try slice(count)
    stack.append(.opaque)
  }

  private mutating func makeTuple(_ count: Int) throws(FormatError) {
    guard stack.count - (marks.last ?? 0) >= count else { throw failure(.stackUnderflow) }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    stack.append(.tuple(try newContainer(values)))
  }

  private mutating func append(_ values: [PickleValue]) throws(FormatError) {
    switch try top() {
    case .list(let list): try extend(list, by: values)
    case .object, .opaque: break
    default: throw failure(.wrongKind(what: "APPEND"))
    }
  }

  private mutating func setItems(_ values: [PickleValue]) throws(FormatError) {
    switch try top() {
    case .dictionary(let dictionary):
      guard values.count.isMultiple(of: 2) else { throw failure(.wrongKind(what: "SETITEMS")) }
      try extend(dictionary, by: values)
    case .object, .opaque: break
    default: throw failure(.wrongKind(what: "SETITEMS"))
    }
  }

  private mutating func get(_ index: Int) throws(FormatError) {
    guard index < memo.count, let value = memo[index] else { throw failure(.unsetMemo(index)) }
    stack.append(value)
  }
}
