internal import Tensors

/// What a pickle "calls": each known name with its arguments makes a value by the rules here, and no code of anyone else's.
///
/// Source: torch/_utils.py, `persistent_load` in torch/serialization.py.
extension PickleMachine {
  /// Bytes of a storage's key.  A bound, because one long text can be the key of many storages.
  private static let longestKey = 256

  mutating func pushGlobal(module: PickleSlice, name: PickleSlice) throws(FormatError) {
    let module = try text(module)
    let name = try text(name)
    guard let global = PickleGlobal(module: module, name: name) else { throw failure(.forbiddenGlobal("\(module).\(name)")) }
    stack.append(.global(global))
  }

  /// REDUCE: a name and its arguments become a value.
  mutating func reduce() throws(FormatError) {
    guard case .tuple(let place) = try pop() else { throw failure(.wrongKind(what: "REDUCE")) }
    guard case .global(let global) = try pop() else { throw failure(.wrongKind(what: "REDUCE")) }
    let arguments = containers[Int(place)]
    stack.append(try value(of: global, arguments))
  }

  private mutating func value(of global: PickleGlobal, _ arguments: [PickleValue]) throws(FormatError) -> PickleValue {
    switch global {
    case .orderedDict:
      // Python 3 fills it afterwards, Python 2 passed the items as a list of pairs.
      guard let items = arguments.first else { return .dictionary(try newContainer()) }
      guard arguments.count == 1, case .list(let list) = items else { throw failure(.badArguments(what: "OrderedDict")) }
      return .dictionary(try newContainer(try flattened(containers[Int(list)])))
    case .rebuildTensor:
      guard arguments.count == 4 else { throw failure(.badArguments(what: "_rebuild_tensor")) }
      return try tensor(arguments, dtype: nil, metadata: nil, what: "_rebuild_tensor")
    case .rebuildTensorV2:
      guard (6...7).contains(arguments.count) else { throw failure(.badArguments(what: "_rebuild_tensor_v2")) }
      return try tensor(arguments, dtype: nil, metadata: arguments.count > 6 ? arguments[6] : nil, what: "_rebuild_tensor_v2")
    case .rebuildTensorV3:
      guard (7...8).contains(arguments.count), case .global(.dtype(let dtype)) = arguments[6] else {
        throw failure(.badArguments(what: "_rebuild_tensor_v3"))
      }
      return try tensor(arguments, dtype: dtype, metadata: arguments.count > 7 ? arguments[7] : nil, what: "_rebuild_tensor_v3")
    case .rebuildParameter:
      guard arguments.count == 3, case .tensor = arguments[0] else { throw failure(.badArguments(what: "_rebuild_parameter")) }
      return arguments[0]
    case .rebuildParameterWithState:
      guard arguments.count == 4, case .tensor = arguments[0] else {
        throw failure(.badArguments(what: "_rebuild_parameter_with_state"))
      }
      return arguments[0]
    case .size:
      guard arguments.count == 1, case .tuple = arguments[0] else { throw failure(.badArguments(what: "torch.Size")) }
      return arguments[0]
    case .opaque: return .opaque
    case .storage, .dtype: throw failure(.wrongKind(what: "REDUCE"))
    }
  }

  private func flattened(_ pairs: [PickleValue]) throws(FormatError) -> [PickleValue] {
    var items: [PickleValue] = []
    for pair in pairs {
      guard case .tuple(let place) = pair, containers[Int(place)].count == 2 else { throw failure(.badArguments(what: "OrderedDict")) }
      items += containers[Int(place)]
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
    case .dictionary, .opaque: break
    default: throw failure(.wrongKind(what: "BUILD"))
    }
  }

  /// BINPERSID: `('storage', type, key, location, count)`, and in legacy files `(key, offset, count)` of a view or None.
  mutating func persistentID() throws(FormatError) {
    guard case .tuple(let place) = try pop() else { throw failure(.badPersistentID) }
    let parts = containers[Int(place)]
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
