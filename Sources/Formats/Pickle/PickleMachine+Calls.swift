internal import Tensors

/// What a pickle "calls": each known name with its arguments makes a value by the rules here, and no code of anyone else's.
///
/// Source: torch/_utils.py, `persistent_load` in torch/serialization.py.
extension PickleMachine {
  /// Bytes of a storage's key.  A bound, because one long text can be the key of many storages.
  private static let longestKey = 256
  /// Bytes of a foreign module or name, for the same reason.
  private static let longestName = 512

  mutating func pushGlobal(module: PickleSlice, name: PickleSlice) throws(FormatError) {
    let moduleText = try text(module)
    let nameText = try text(name)
    if let global = PickleGlobal(module: moduleText, name: nameText) {
      stack.append(.global(global))
      return
    }
    guard module.count <= Self.longestName, name.count <= Self.longestName,
      !DangerousName.contains(module: moduleText, name: nameText)
    else { throw failure(.forbiddenGlobal("\(moduleText).\(nameText)")) }
    stack.append(try addForeign(module: module, name: name, "\(moduleText).\(nameText)"))
  }

  /// REDUCE: a name and its arguments become a value.
  mutating func reduce() throws(FormatError) {
    guard case .tuple(let place) = try pop() else { throw failure(.wrongKind(what: "REDUCE")) }
    try call(try pop(), containers[Int(place)], what: "REDUCE")
  }

  /// NEWOBJ and NEWOBJ_EX: a class, its arguments and perhaps a dictionary of keywords become an object of it.
  mutating func newObject(keywords: Bool) throws(FormatError) {
    let what = keywords ? "NEWOBJ_EX" : "NEWOBJ"
    if keywords {
      let dictionary = try pop()
      guard case .dictionary = dictionary else { throw failure(.wrongKind(what: what)) }
    }
    guard case .tuple(let place) = try pop() else { throw failure(.wrongKind(what: what)) }
    try call(try pop(), containers[Int(place)], what: what)
  }

  private mutating func call(_ callee: PickleValue, _ arguments: [PickleValue], what: String) throws(FormatError) {
    switch callee {
    case .global(let global): stack.append(try value(of: global, arguments))
    case .foreign(let name): stack.append(.object(unstoredType(in: arguments, madeBy: name) ?? name))
    case .object, .opaque: stack.append(callee)
    default: throw failure(.wrongKind(what: what))
    }
  }

  /// Of torch's other tensors (quantized, of a type that isn't stored) the type says more than the function that makes them.
  private func unstoredType(in arguments: [PickleValue], madeBy function: Int32) -> Int32? {
    guard foreign[Int(function)].rebuildsTensor else { return nil }
    for case .object(let type) in arguments.prefix(8) where unstoredTensor(type) != nil { return type }
    for case .foreign(let type) in arguments.prefix(8) where unstoredTensor(type) != nil { return type }
    return nil
  }

  private mutating func value(of global: PickleGlobal, _ arguments: [PickleValue]) throws(FormatError) -> PickleValue {
    switch global {
    case .orderedDict:
      // Python 3 fills it afterwards, Python 2 passed the items as a list of pairs.
      guard arguments.count <= 1 else { throw failure(.badArguments(what: "OrderedDict")) }
      return .dictionary(try newContainer(try items(of: arguments.first, what: "OrderedDict")))
    case .rebuildTensor:
      guard arguments.count == 4 else { throw failure(.badArguments(what: "_rebuild_tensor")) }
      return try tensor(arguments, dtype: nil, metadata: nil, what: "_rebuild_tensor")
    case .rebuildTensorV2:
      if case .object(let type)? = arguments.first { return .object(type) }
      guard (6...7).contains(arguments.count) else { throw failure(.badArguments(what: "_rebuild_tensor_v2")) }
      return try tensor(arguments, dtype: nil, metadata: arguments.count > 6 ? arguments[6] : nil, what: "_rebuild_tensor_v2")
    case .rebuildTensorV3:
      if arguments.count >= 7, case .foreign(let type) = arguments[6] { return .object(type) }
      guard (7...8).contains(arguments.count), case .global(.dtype(let dtype)) = arguments[6] else {
        throw failure(.badArguments(what: "_rebuild_tensor_v3"))
      }
      return try tensor(arguments, dtype: dtype, metadata: arguments.count > 7 ? arguments[7] : nil, what: "_rebuild_tensor_v3")
    case .rebuildParameter:
      if arguments.count == 3, case .object = arguments[0] { return arguments[0] }
      guard arguments.count == 3, case .tensor = arguments[0] else { throw failure(.badArguments(what: "_rebuild_parameter")) }
      return arguments[0]
    case .rebuildParameterWithState:
      if arguments.count == 4, case .object = arguments[0] { return arguments[0] }
      guard arguments.count == 4, case .tensor = arguments[0] else {
        throw failure(.badArguments(what: "_rebuild_parameter_with_state"))
      }
      return arguments[0]
    case .size:
      guard arguments.count == 1, case .tuple = arguments[0] else { throw failure(.badArguments(what: "torch.Size")) }
      return arguments[0]
    case .opaque: return .opaque
    case .defaultDict:
      // What makes its missing values, and perhaps what it begins with.
      guard arguments.count <= 2 else { throw failure(.badArguments(what: "defaultdict")) }
      return .dictionary(try newContainer(try items(of: arguments.dropFirst().first, what: "defaultdict")))
    case .storage, .dtype: throw failure(.wrongKind(what: "REDUCE"))
    }
  }

  /// What a dictionary begins with: nothing, another dictionary's items, or a list of pairs.
  private func items(of value: PickleValue?, what: String) throws(FormatError) -> [PickleValue] {
    switch value {
    case nil: return []
    case .dictionary(let place)?: return containers[Int(place)]
    case .list(let place)?: return try flattened(containers[Int(place)], what: what)
    default: throw failure(.badArguments(what: what))
    }
  }

  private func flattened(_ pairs: [PickleValue], what: String) throws(FormatError) -> [PickleValue] {
    var items: [PickleValue] = []
    for pair in pairs {
      // Python 2 made them lists.
      switch pair {
      case .tuple(let place) where containers[Int(place)].count == 2, .list(let place) where containers[Int(place)].count == 2:
        items += containers[Int(place)]
      default: throw failure(.badArguments(what: what))
      }
    }
    return items
  }

  /// `(storage, offset, size, stride, …)`, checked against the storage's declared size.
  private mutating func tensor(
    _ arguments: [PickleValue], dtype: DType?, metadata: PickleValue?, what: String
  ) throws(FormatError) -> PickleValue {
    guard case .storage(let place) = arguments[0], case .int(let offset) = arguments[1] else {
      throw failure(.badArguments(what: what))
    }
    let storage = storages[Int(place)]
    let view: StridedView
    let shape = try integers(arguments[2], what: what)
    let strides = try integers(arguments[3], what: what)
    do throws(PickleFailure) {
      view = try StridedView(shape: shape, strides: strides, offset: offset)
    } catch {
      throw failure(error.problem)
    }
    let type = dtype ?? storage.dtype ?? .uint8
    if let dtype, let own = storage.dtype, own != dtype { throw failure(.storageType(storage: own, tensor: dtype)) }
    let elements = storage.count / (type.size / storage.elementSize)
    guard view.needed <= elements else { throw failure(.beyondStorage(needed: view.needed, elements: elements)) }
    guard (try? Tensor.byteCount(dtype: type, shape: shape)) != nil else { throw failure(.illegalShape(shape)) }
    var tensor = PickledTensor(storage: Int(place), view: view, dtype: type)
    if let metadata { try read(metadata, into: &tensor, what: what) }
    return try addTensor(tensor)
  }

  /// The bits of torch's lazy views: `{'conj': True, 'neg': True}`.
  private func read(_ metadata: PickleValue, into tensor: inout PickledTensor, what: String) throws(FormatError) {
    if metadata == .none { return }
    guard case .dictionary(let place) = metadata else { throw failure(.badArguments(what: what)) }
    let items = containers[Int(place)]
    // Two keys, once each: a long dictionary would be walked again by every tensor that has it.
    guard items.count <= 4 else { throw failure(.badArguments(what: what)) }
    for index in stride(from: 0, to: items.count, by: 2) {
      guard case .bool(let isSet) = items[index + 1] else { throw failure(.badArguments(what: what)) }
      if isText(items[index], "conj"), tensor.dtype.isComplex {
        tensor.isConjugated = isSet
      } else if isText(items[index], "neg"), tensor.dtype.hasSignBit {
        tensor.isNegated = isSet
      } else {
        throw failure(.badArguments(what: what))
      }
    }
  }

  private func integers(_ value: PickleValue, what: String) throws(FormatError) -> [Int] {
    guard case .tuple(let place) = value else { throw failure(.badArguments(what: what)) }
    let values = containers[Int(place)]
    guard values.count <= StridedView.maximumRank else { throw failure(.tooManyDimensions(values.count)) }
    var integers: [Int] = []
    for value in values {
      guard case .int(let integer) = value else { throw failure(.badArguments(what: what)) }
      integers.append(integer)
    }
    return integers
  }

  /// BUILD: the attributes of a dictionary (a state_dict's `_metadata`) are legal, and nothing is done with them.
  mutating func build() throws(FormatError) {
    _ = try pop()
    switch try top() {
    case .dictionary, .object, .opaque: break
    default: throw failure(.wrongKind(what: "BUILD"))
    }
  }

  /// BINPERSID: `('storage', type, key, location, count)`, and in legacy files `(key, offset, count)` of a view or None.
  mutating func persistentID() throws(FormatError) {
    guard case .tuple(let place) = try pop() else { throw failure(.badPersistentID) }
    let parts = containers[Int(place)]
    // A class with its source beside it, as files of before torch 1.6 have whole modules: the class is what is meant.
    if parts.count == 4, isText(parts[0], "module") {
      switch parts[1] {
      case .foreign, .object: stack.append(parts[1])
      default: throw failure(.badPersistentID)
      }
      return
    }
    if (5...6).contains(parts.count), isText(parts[0], "storage"), case .foreign(let type) = parts[1] {
      guard case .text(let key) = parts[2], key.count <= Self.longestKey else { throw failure(.badPersistentID) }
      stack.append(try addUnstoredStorage(try text(key), type: type))
      return
    }
    guard (5...6).contains(parts.count), isText(parts[0], "storage"), case .global(.storage(let dtype)) = parts[1],
      case .text(let key) = parts[2], key.count <= Self.longestKey, case .text = parts[3], case .int(let count) = parts[4], count >= 0,
      !count.multipliedReportingOverflow(by: dtype?.size ?? 1).overflow
    else { throw failure(.badPersistentID) }
    var viewOffset = 0
    var viewCount = count
    if parts.count == 6, parts[5] != .none {
      guard case .tuple(let view) = parts[5], containers[Int(view)].count == 3,
        case .int(let offset) = containers[Int(view)][1], case .int(let elements) = containers[Int(view)][2],
        offset >= 0, elements >= 0, offset <= count, elements <= count - offset
      else { throw failure(.badPersistentID) }
      viewOffset = offset
      viewCount = elements
    }
    stack.append(
      try addStorage(
        PickledStorage(key: try text(key), dtype: dtype, count: viewCount, viewOffset: viewOffset, wholeCount: count)))
  }
}
