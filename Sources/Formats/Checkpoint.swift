internal import Tensors

/// Finds the state_dict in what a pickle holds.
///
/// In this order: the key that was asked for; one of torch's customary keys that holds tensors; the dictionary itself when
/// it has tensors that aren't scalars, or no entry has any; the only entry that is a dictionary of tensors.  A choice among several is
/// an error that names them.
struct Checkpoint {
  /// The names and places in `machine.tensors`, in order.
  private(set) var tensors: [(name: String, place: Int)] = []
  private(set) var metadata: [MetadataEntry] = []
  /// Beside the state_dict: tensors of one number (a loss that was saved as it came), for tags like the scalars of `metadata`.
  private(set) var scalars: [(name: String, place: Int)] = []
  /// Entries that are neither a tensor nor a scalar, and are left out.
  private(set) var ignored: [String] = []

  static let customaryKeys = ["state_dict", "model_state_dict", "model"]

  private let machine: PickleMachine
  /// Texts by where they start: one text of the pickle may be the value of many keys, and is kept once.
  private var texts: [Int32: String] = [:]

  init(_ root: PickleValue, of machine: PickleMachine, key: String?) throws(FormatError) {
    self.machine = machine
    guard case .dictionary(let place) = root else { throw problem(.notADictionary(kind: root.kind)) }
    let top = machine.containers[Int(place)]
    guard let chosen = try chosen(in: top, key: key) else {
      try readEntries(of: top, asTensors: true)
      return
    }
    guard case .dictionary(let place) = top[chosen + 1] else { throw noTensors(in: top) }
    try readEntries(of: machine.containers[Int(place)], asTensors: true)
    try readEntries(of: top, asTensors: false, leavingOut: chosen)
  }

  /// The place of the key that holds the state_dict in the top dictionary; nil when the top dictionary is the state_dict.
  private mutating func chosen(in top: [PickleValue], key: String?) throws(FormatError) -> Int? {
    // A scan of each entry's values alone: a pickle may hold one large dictionary under a million keys.
    var known: [Int32: Bool] = [:]
    var candidates: [(name: String, place: Int)] = []
    // A tensor of one number is an epoch or a loss, where there is a dictionary of tensors beside it.
    var (hasTensors, hasScalars) = (false, false)
    for index in stride(from: 0, to: top.count, by: 2) {
      if case .tensor(let place) = top[index + 1] {
        if machine.tensors[Int(place)].view.shape.isEmpty { hasScalars = true } else { hasTensors = true }
      }
      guard case .dictionary(let place) = top[index + 1], case .text(let slice) = top[index] else { continue }
      let holds = known[place] ?? holdsTensors(machine.containers[Int(place)])
      known[place] = holds
      if holds { candidates.append((try text(slice), index)) }
    }
    if let key {
      let matches = candidates.filter { $0.name.hasSameBytes(as: key) }
      guard let match = matches.first else { throw problem(.noSuchKey(key, known: candidates.map(\.name))) }
      guard matches.count == 1 else { throw problem(.duplicateName(key)) }
      return match.place
    }
    let customary = candidates.filter { Self.customaryKeys.contains(named: $0.name) }
    if customary.count == 1 { return customary[0].place }
    if customary.isEmpty, hasTensors { return nil }
    if candidates.isEmpty, hasScalars { return nil }
    guard let first = candidates.first else { throw noTensors(in: top) }
    guard candidates.count == 1 else { throw problem(.severalCandidates(candidates.map(\.name))) }
    return first.place
  }

  /// The file has tensors all the same, perhaps: then it is said where.
  private mutating func noTensors(in top: [PickleValue]) -> FormatError {
    if machine.tensors.isEmpty { return problem(.noTensors) }
    var keys: [String] = []
    for index in stride(from: 0, to: top.count, by: 2) where keys.count < 9 {
      guard case .dictionary = top[index + 1], case .text(let slice) = top[index], let name = try? text(slice) else { continue }
      keys.append(name)
    }
    return problem(.nestedTensors(keys))
  }

  private func holdsTensors(_ items: [PickleValue]) -> Bool {
    for index in stride(from: 1, to: items.count, by: 2) {
      if case .tensor = items[index] { return true }
    }
    return false
  }

  private mutating func readEntries(of items: [PickleValue], asTensors: Bool, leavingOut left: Int? = nil) throws(FormatError) {
    var seen = Set<Name>()
    for index in stride(from: 0, to: items.count, by: 2) where index != left {
      guard case .text(let slice) = items[index] else {
        if asTensors { throw problem(.nameNotText) }
        continue
      }
      let name = try text(slice)
      guard seen.insert(Name(name)).inserted else { throw problem(.duplicateName(name)) }
      switch items[index + 1] {
      case .tensor(let place) where asTensors: tensors.append((name, Int(place)))
      case .tensor(let place) where machine.tensors[Int(place)].view.shape.isEmpty: scalars.append((name, Int(place)))
      case .bool(let value): metadata.append(MetadataEntry(name: name, value: .bool(value)))
      case .int(let value): metadata.append(MetadataEntry(name: name, value: .int(value)))
      case .float(let value): metadata.append(MetadataEntry(name: name, value: .double(value)))
      case .text(let slice): metadata.append(MetadataEntry(name: name, value: .string(try text(slice))))
      case .none: break
      default: ignored.append(name)
      }
    }
  }

  private mutating func text(_ slice: PickleSlice) throws(FormatError) -> String {
    if let known = texts[slice.start] { return known }
    let text = try machine.text(slice)
    texts[slice.start] = text
    return text
  }

  private func problem(_ problem: CheckpointProblem) -> FormatError {
    FormatError(file: machine.file, part: machine.part, reason: .checkpoint(problem))
  }
}
