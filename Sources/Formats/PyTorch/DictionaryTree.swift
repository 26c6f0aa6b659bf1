internal import Tensors

/// The dictionaries of a pickle that are reached from the top one by texts alone, and those among them that hold tensors.
///
/// Each dictionary is walked once and its entries are nodes once, so that shared and cyclic ones cost what they weigh; one that is reached
/// by several keys of walked dictionaries is a node for each.  An optimizer's state has integers for keys, and isn't reached.
struct DictionaryTree {
  struct Node {
    /// A place in `machine.containers`.
    let container: Int32
    /// Its key, and where that stands in the dictionary above.
    let key: PickleSlice
    let position: Int
    /// nil for the top dictionary alone, which is node 0.
    let parent: Int?
    let depth: Int
  }

  private(set) var nodes: [Node] = []
  /// Nodes that have a tensor among their values, nearest to the top first; not the top dictionary.
  private(set) var candidates: [Int] = []
  private let machine: PickleMachine
  /// Those of the dictionaries that have a tensor of more than one number.
  private(set) var arrays: Set<Int32> = []
  /// Dictionaries below this many keys aren't looked into.
  private static let maximumDepth = 16
  /// Bytes of a key.  Longer ones lead nowhere: a path is made anew for each entry that stands beside it.
  private static let longestKey = 512

  init(_ top: Int32, of machine: PickleMachine) throws(FormatError) {
    self.machine = machine
    nodes = [Node(container: top, key: PickleSlice(start: 0, count: 0), position: 0, parent: nil, depth: 0)]
    var walked: [Int32: Bool] = [:]
    var next = 0
    while next < nodes.count {
      let (index, node) = (next, nodes[next])
      next += 1
      if let holdsTensors = walked[node.container] {
        if holdsTensors, index > 0 { candidates.append(index) }
        continue
      }
      let holdsTensors = walk(index)
      guard nodes.count <= machine.limits.pickleTensors else {
        throw machine.failure(.tooManyValues(limit: machine.limits.pickleTensors))
      }
      walked[node.container] = holdsTensors
      if holdsTensors, index > 0 { candidates.append(index) }
    }
  }

  /// Adds a dictionary's own dictionaries; says whether it holds a tensor.
  private mutating func walk(_ index: Int) -> Bool {
    let node = nodes[index]
    let items = machine.containers[Int(node.container)]
    var holdsTensors = false
    for position in stride(from: 0, to: items.count - 1, by: 2) {
      switch items[position + 1] {
      case .tensor(let place):
        holdsTensors = true
        if !machine.tensors[Int(place)].view.shape.isEmpty { arrays.insert(node.container) }
      case .object(let name) where machine.unstoredTensor(name) != nil:
        holdsTensors = true
        arrays.insert(node.container)
      case .dictionary(let container):
        guard case .text(let key) = items[position], key.count <= Self.longestKey, node.depth < Self.maximumDepth else { continue }
        nodes.append(Node(container: container, key: key, position: position, parent: index, depth: node.depth + 1))
      default: break
      }
    }
    return holdsTensors
  }

  /// The nodes from below the top down to this one.
  func path(to node: Int) -> [Int] {
    var path: [Int] = []
    var step = node
    while let parent = nodes[step].parent {
      path.append(step)
      step = parent
    }
    return path.reversed()
  }

  /// Whether a node is another one, or stands below it.
  func isWithin(_ node: Int, _ other: Int) -> Bool {
    var step = node
    while step != other {
      guard let parent = nodes[step].parent else { return false }
      step = parent
    }
    return true
  }

  /// Candidates whose path is another one's too: the key `a.b`, and `b` in `a`.  No `--key` names one of them alone.
  func ambiguousCandidates() -> Set<Int> {
    // FNV-1a of each node's path: two that are alike by chance are only not proposed.
    var hashes = [UInt64](repeating: 0xcbf2_9ce4_8422_2325, count: nodes.count)
    func mix(_ byte: UInt8, into hash: inout UInt64) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for index in nodes.indices.dropFirst() {
      let (key, parent) = (nodes[index].key, nodes[index].parent ?? 0)
      var hash = hashes[parent]
      if parent != 0 { mix(0x2e, into: &hash) }
      for byte in machine.bytes[Int(key.start)..<Int(key.start) + Int(key.count)] { mix(byte, into: &hash) }
      hashes[index] = hash
    }
    var counts: [UInt64: Int] = [:]
    for candidate in candidates { counts[hashes[candidate], default: 0] += 1 }
    return Set(candidates.filter { (counts[hashes[$0]] ?? 0) > 1 })
  }

  /// Whether a node's keys, joined by dots, have the bytes of `path`.
  func hasPath(_ node: Int, _ path: String) -> Bool {
    var rest = Array(path.utf8)[...]
    for step in self.path(to: node).reversed() {
      let key = nodes[step].key
      let bytes = machine.bytes[Int(key.start)..<Int(key.start) + Int(key.count)]
      guard rest.count >= bytes.count, rest.suffix(bytes.count).elementsEqual(bytes) else { return false }
      rest = rest.dropLast(bytes.count)
      if nodes[step].parent != 0 {
        guard rest.last == 0x2e else { return false }
        rest = rest.dropLast()
      }
    }
    return rest.isEmpty
  }
}
