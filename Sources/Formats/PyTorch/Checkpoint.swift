internal import Tensors

/// Finds the state_dict in what a pickle holds.
///
/// In this order: the key that was asked for; one of torch's customary keys that holds tensors; the dictionary itself when
/// it has tensors that aren't scalars, or nothing in it has any; the only entry that is a dictionary of tensors; the only dictionary of
/// tensors at any depth.  A choice among several that custom doesn't decide is an error that names them; where it does, `others` has the rest.
struct Checkpoint {
  /// The names and places in `machine.tensors`, in order.
  private(set) var tensors: [(name: String, place: Int)] = []
  private(set) var metadata: [MetadataEntry] = []
  /// Beside the state_dict: tensors of one number (a loss that was saved as it came), for tags like the scalars of `metadata`.
  private(set) var scalars: [(name: String, place: Int)] = []
  /// Entries that are neither a tensor nor a scalar, and are left out.
  private(set) var ignored: [String] = []
  /// The path of the state_dict; nil where it is the top dictionary.
  private(set) var key: String?
  /// The paths of the other dictionaries of tensors, which `key` would take: without those that several have.
  private(set) var others: [String] = []

  private static let customaryKeys: [StaticString] = ["state_dict", "model_state_dict", "model"]

  private let machine: PickleMachine
  /// Texts by where they start: one text of the pickle may be the value of many keys, and is kept once.
  private var texts: [Int32: String] = [:]
  /// Bytes that the names of what stands beside the state_dict may have in all: each has the path before it.
  private var room: Int

  init(_ root: PickleValue, of machine: PickleMachine, key: String?) throws(FormatError) {
    self.machine = machine
    room = 4 * machine.bytes.count + (1 << 20)
    guard case .dictionary(let place) = root else {
      if let name = root.foreignName { throw machine.refusal(ofForeign: name) }
      throw problem(.notADictionary(kind: root.kind))
    }
    let tree = try DictionaryTree(place, of: machine)
    let chosen = try chosen(in: tree, top: machine.containers[Int(place)], key: key)
    let others = tree.candidates.filter { node in
      tree.arrays.contains(tree.nodes[node].container) && !(chosen.map { tree.isWithin(node, $0) } ?? false)
    }
    self.others = try names(others, in: tree)
    guard let chosen else {
      try readEntries(of: machine.containers[Int(place)], asTensors: true)
      return
    }
    self.key = try name(of: chosen, in: tree)
    try readEntries(of: machine.containers[Int(tree.nodes[chosen].container)], asTensors: true)
    // What stands beside it, at each step from the top down.
    for node in tree.path(to: chosen) {
      let parent = tree.nodes[node].parent ?? 0
      let prefix = parent == 0 ? "" : try name(of: parent, in: tree) + "."
      try readEntries(
        of: machine.containers[Int(tree.nodes[parent].container)], asTensors: false, leavingOut: tree.nodes[node].position, prefix: prefix)
    }
  }

  /// The node that is the state_dict; nil when the top dictionary is.
  private mutating func chosen(in tree: DictionaryTree, top: [PickleValue], key: String?) throws(FormatError) -> Int? {
    if let key {
      let matches = tree.candidates.filter { tree.hasPath($0, key) }
      guard let match = matches.first else {
        if let object = object(in: top, key: key) { throw object }
        throw problem(.noSuchKey(key, known: try names(tree.candidates, in: tree)))
      }
      guard matches.count == 1 else { throw problem(.duplicateName(key)) }
      return match
    }
    // A tensor of one number is an epoch or a loss, where there is a dictionary of tensors beside it.
    var (hasTensors, hasScalars) = (false, false)
    for index in stride(from: 1, to: top.count, by: 2) {
      switch top[index] {
      case .tensor(let place) where machine.tensors[Int(place)].view.shape.isEmpty: hasScalars = true
      case .tensor: hasTensors = true
      case .object(let name) where machine.unstoredTensor(name) != nil: hasTensors = true
      default: break
      }
    }
    let direct = tree.candidates.filter { tree.nodes[$0].parent == 0 }
    var customary: [Int] = []
    for candidate in direct where isCustomary(tree.nodes[candidate].key) { customary.append(candidate) }
    if customary.count == 1 { return customary[0] }
    if customary.isEmpty, hasTensors { return nil }
    // Deeper ones count only where none stands under a key of the top dictionary, and those of single numbers only where there are no others.
    let arrays = tree.candidates.filter { tree.arrays.contains(tree.nodes[$0].container) }
    if direct.isEmpty, arrays.isEmpty, hasScalars { return nil }
    let nearest = arrays.filter { tree.nodes[$0].parent == 0 }
    let candidates = !nearest.isEmpty ? nearest : !arrays.isEmpty ? arrays : !direct.isEmpty ? direct : tree.candidates
    guard let first = candidates.first else { throw noTensors(in: tree, top: top) }
    guard candidates.count == 1 else {
      let names = try names(candidates, in: tree)
      throw problem(names.isEmpty ? .duplicateName(try name(of: first, in: tree)) : .severalCandidates(names))
    }
    return first
  }

  private func isCustomary(_ key: PickleSlice) -> Bool { Self.customaryKeys.contains { machine.isText(.text(key), $0) } }

  /// The file has tensors all the same, perhaps: then it is said where.
  private mutating func noTensors(in tree: DictionaryTree, top: [PickleValue]) -> FormatError {
    if machine.tensors.isEmpty {
      // What is asked for might have made them.
      for value in top { if let name = value.foreignName { return machine.refusal(ofForeign: name) } }
      return problem(.noTensors)
    }
    if let object = object(in: top, key: nil) { return object }
    var keys: [String] = []
    for index in stride(from: 0, to: top.count, by: 2) where keys.count < 9 {
      guard case .dictionary = top[index + 1], case .text(let slice) = top[index], let name = try? text(slice) else { continue }
      keys.append(name)
    }
    return problem(.nestedTensors(keys))
  }

  /// The first entry, or that of `key`, that is an object of a class that isn't known: a whole model, perhaps.
  private mutating func object(in top: [PickleValue], key: String?) -> FormatError? {
    for index in stride(from: 0, to: top.count, by: 2) {
      guard case .object(let name) = top[index + 1], case .text(let slice) = top[index], let entry = try? text(slice) else { continue }
      if key.map({ $0.hasSameBytes(as: entry) }) ?? true {
        return problem(.object(key: entry, name: machine.name(ofForeign: name)))
      }
    }
    return nil
  }

  private mutating func readEntries(
    of items: [PickleValue], asTensors: Bool, leavingOut left: Int? = nil, prefix: String = ""
  ) throws(FormatError) {
    var seen = Set<Name>()
    for index in stride(from: 0, to: items.count, by: 2) where index != left {
      guard case .text(let slice) = items[index] else {
        if asTensors { throw problem(.nameNotText) }
        continue
      }
      if !asTensors {
        room -= prefix.utf8.count + Int(slice.count)
        guard room >= 0 else { throw problem(.namesTooLong) }
      }
      let name = try prefix + text(slice)
      guard seen.insert(Name(name)).inserted else { throw problem(.duplicateName(name)) }
      switch items[index + 1] {
      case .tensor(let place) where asTensors: tensors.append((name, Int(place)))
      case .tensor(let place) where machine.tensors[Int(place)].view.shape.isEmpty: scalars.append((name, Int(place)))
      case .object(let object) where asTensors:
        if let tensor = machine.unstoredTensor(object) { throw problem(.unstoredTensor(name, kind: tensor.kind)) }
        ignored.append(name)
      case .bool(let value): metadata.append(MetadataEntry(name: name, value: .bool(value)))
      case .int(let value): metadata.append(MetadataEntry(name: name, value: .int(value)))
      case .float(let value): metadata.append(MetadataEntry(name: name, value: .double(value)))
      case .text(let slice): metadata.append(MetadataEntry(name: name, value: .string(try text(slice))))
      case .none: break
      default: ignored.append(name)
      }
    }
  }

  /// The path of a node, its keys joined by dots.
  private mutating func name(of node: Int, in tree: DictionaryTree) throws(FormatError) -> String {
    var keys: [String] = []
    for step in tree.path(to: node) { keys.append(try text(tree.nodes[step].key)) }
    return keys.joined(separator: ".")
  }

  /// The paths that name one dictionary alone; as many as an error shows.
  private mutating func names(_ nodes: [Int], in tree: DictionaryTree) throws(FormatError) -> [String] {
    let ambiguous = nodes.isEmpty ? [] : tree.ambiguousCandidates()
    var names: [String] = []
    for node in nodes.lazy.filter({ !ambiguous.contains($0) }).prefix(100) { names.append(try name(of: node, in: tree)) }
    return names
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

extension PickleValue {
  /// The name behind a foreign value.
  fileprivate var foreignName: Int32? {
    switch self {
    case .foreign(let name), .object(let name): name
    default: nil
    }
  }
}
