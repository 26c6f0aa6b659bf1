/// Different byte strings numbered from 0 in the order of their first appearance: a hash table with linear probing.
struct CategoryIndex {
  private(set) var names: [[UInt8]] = []
  private var slots = [Int32](repeating: -1, count: 64)

  init() {}

  /// Takes names that are known beforehand, no two equal.
  init(_ known: [String]) {
    for name in known {
      let bytes = Array(name.utf8)
      _ = insert(bytes.span)
    }
  }

  /// The number of a name; nil when it has none.
  func find(_ name: Span<UInt8>) -> Int? {
    let slot = slots[slot(of: name)]
    return slot < 0 ? nil : Int(slot)
  }

  /// The number of a name, a new one if it has none yet.
  mutating func insert(_ name: Span<UInt8>) -> Int {
    let slot = slot(of: name)
    if slots[slot] >= 0 { return Int(slots[slot]) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.count)
    for i in name.indices { bytes.append(name[i]) }
    slots[slot] = Int32(names.count)
    names.append(bytes)
    if names.count * 2 > slots.count { grow() }
    return names.count - 1
  }

  private func slot(of name: Span<UInt8>) -> Int {
    var slot = hash(name) & (slots.count - 1)
    while slots[slot] >= 0, !equal(names[Int(slots[slot])], name) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (number, name) in names.enumerated() { slots[slot(of: name.span)] = Int32(number) }
  }

  /// FNV-1a, its upper half folded in: the tables are small, and so is the harm in a chosen collision.
  private func hash(_ name: Span<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for i in name.indices { hash = (hash ^ UInt64(name[i])) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7fff_ffff)
  }

  private func equal(_ known: [UInt8], _ name: Span<UInt8>) -> Bool {
    guard known.count == name.count else { return false }
    for i in known.indices where known[i] != name[i] { return false }
    return true
  }
}
