import CSQLite

// Invariants:
// 1. A statement in the cache is reset and has no values bound: it holds no lock, and no bytes of a caller's.
// 2. It is in the cache or a caller's, never both: who asks for a text that is out gets one compiled anew.
// 3. When the connection has gone, nothing is kept, and what comes back is finalized.

/// The compiled statements of a connection that nobody uses just now, by their text: to compile one takes ten times as long as
/// to look up a row by it.
final class StatementCache {
  /// With so many the cache begins anew.
  private static let capacity = 64
  /// A longer text is a batch, or somebody's own query: not the same one again and again.
  private static let longest = 2000

  private var idle: [Key: OpaquePointer] = [:]
  private var isOpen: Bool

  /// One that isn't open keeps nothing.
  init(isOpen: Bool = true) { self.isOpen = isOpen }

  /// A text.  Its length tells almost all of them apart, and is quicker than a hash of hundreds of bytes.
  private struct Key: Hashable {
    let sql: String

    static func == (a: Key, b: Key) -> Bool { a.sql.hasSameBytes(as: b.sql) }
    func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
  }

  static func keeps(_ sql: String) -> Bool { sql.utf8.count <= longest }

  /// Hands out the statement of a text; nil when it has to be compiled.
  func take(_ sql: String) -> OpaquePointer? { idle.removeValue(forKey: Key(sql: sql)) }

  /// Takes a statement whose user has gone.
  func giveBack(_ handle: OpaquePointer, _ sql: String) {
    guard isOpen, idle[Key(sql: sql)] == nil else {
      sqlite3_finalize(handle)
      return
    }
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
    if idle.count == Self.capacity { finalizeAll() }
    idle[Key(sql: sql)] = handle
  }

  /// The connection goes.
  func close() {
    isOpen = false
    finalizeAll()
  }

  private func finalizeAll() {
    for handle in idle.values { sqlite3_finalize(handle) }
    idle.removeAll(keepingCapacity: true)
  }
}
