import CSQLite

// Invariants:
// 1. A statement in the cache is reset and has no values bound: it holds no lock, and no bytes of a caller's.
// 2. A statement is lent to one caller at a time; who asks for the same text meanwhile gets one of their own.
// 3. One that failed isn't kept.

/// The statements of a connection that ran lately, by their text: to compile one takes ten times as long as to look up a row.
final class StatementCache {
  /// One statement, and whether it is lent.
  private final class Entry {
    var statement: Statement
    var isLent = false

    init(_ statement: consuming Statement) { self.statement = statement }
  }

  /// With so many the cache begins anew.
  private static let capacity = 64
  /// A longer text is somebody's own query, or a batch: not the same one again and again.
  private static let longest = 2000

  private var entries: [String: Entry] = [:]

  /// Runs `body` on the statement of a text, which `prepare` makes where there is none to be lent.
  func with<T: ~Copyable, E: Error>(
    _ sql: String, _ prepare: () throws(E) -> Statement, _ body: (inout Statement) throws(E) -> T
  ) throws(E) -> T {
    if let entry = entries[sql] {
      guard !entry.isLent else {
        var statement = try prepare()
        return try body(&statement)
      }
      entry.isLent = true
      do throws(E) {
        let result = try body(&entry.statement)
        entry.statement.clear()
        entry.isLent = false
        return result
      } catch {
        entries[sql] = nil
        throw error
      }
    }
    let entry = Entry(try prepare())
    let result = try body(&entry.statement)
    guard sql.utf8.count <= Self.longest else { return result }
    entry.statement.clear()
    if entries.count == Self.capacity { removeAll() }
    entries[sql] = entry
    return result
  }

  /// Finalizes all of them; one that is lent goes when its caller is done.
  func removeAll() { entries.removeAll() }
}
