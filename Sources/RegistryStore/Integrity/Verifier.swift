internal import SQLite

/// The state of one verification: what it has found, and how it walks through tables.
final class Verifier {
  let registry: Registry
  let isQuick: Bool
  private(set) var result = Verification()
  private let limit: Int
  private let progress: (VerificationProgress) throws -> Void

  init(registry: Registry, isQuick: Bool, limit: Int, progress: @escaping (VerificationProgress) throws -> Void) {
    self.registry = registry
    self.isQuick = isQuick
    self.limit = max(1, limit)
    self.progress = progress
  }

  var connection: Connection { _read { yield registry.connection } }

  func report(_ kind: Verification.Problem.Kind, _ what: String, at place: String) {
    if result.problems.count < limit {
      result.problems.append(Verification.Problem(kind: kind, what: what, place: place))
    } else {
      result.unlisted += 1
    }
  }

  /// Notes that a run with a problem is one that nothing else depends on.
  func addStray(run: Int) { result.strayRuns.append(run) }

  /// Reports unless `isTrue`.
  func expect(_ isTrue: Bool, _ kind: Verification.Problem.Kind, _ what: @autoclosure () -> String, at place: @autoclosure () -> String) {
    if !isTrue { report(kind, what(), at: place()) }
  }

  /// Runs `body`; damage that it comes upon is reported, and nil is returned.  A busy or failing file is an error all the same.
  func reportingDamage<T>(
    _ kind: Verification.Problem.Kind, at place: @autoclosure () -> String, inSnapshot: Bool = true, _ body: () throws -> T
  ) throws -> T? {
    do {
      return try inSnapshot ? registry.snapshot(body) : registry.reading(body)
    } catch let error as StoreError where error.code == .rotten {
      report(kind, error.message, at: place())
    } catch let error as StoreError where error.code == .lostFile {
      report(kind, error.message, at: place())
    } catch let error as StoreError where error.code == .corrupt {
      report(kind, error.names.first ?? error.message, at: place())
    } catch let error as StoreError where error.code == .notADatabase {
      report(kind, "the file is no database any more", at: place())
    }
    return nil
  }

  /// Calls `body` for the id of each row, each in a read transaction of its own (unless `body` has some of its own), and counts them.
  ///
  /// Keys are fetched in pages: between two of them nothing is locked.  A row that goes meanwhile (a gc) is `body`'s to bear.
  func eachRow(
    of table: String, id: String = "id", named name: String? = nil, _ kind: Verification.Problem.Kind, ownTransactions: Bool = false,
    _ body: (Int64) throws -> Void
  ) throws {
    let name = name ?? table
    // What is stored from now on is left out: writers may be faster than this.
    let range = try reportingDamage(kind, at: table) {
      try connection.queryFirst("SELECT count(*), max(\(id)) FROM \(table)") { row in (total: try row.int(0), end: try row.int64OrNil(1)) }
    }
    var done = 0
    var last = Int64.min
    while true {
      let sql = "SELECT \(id) FROM \(table) WHERE \(id) > ? AND \(id) <= ? ORDER BY \(id) LIMIT 256"
      let ids = try reportingDamage(kind, at: table) { try connection.query(sql, last, range??.end ?? .max) { row in try row.int64(0) } }
      guard let ids, let newest = ids.last else { break }
      // A damaged tree may lead back to where the walk has been.
      guard newest > last, zip(ids, ids.dropFirst()).allSatisfy({ $0 < $1 }) else {
        report(kind, "the rows are out of order", at: table)
        break
      }
      last = newest
      for id in ids {
        try announce(VerificationProgress(step: name, done: done, total: range??.total ?? 0))
        _ = try reportingDamage(kind, at: "\(table) id \(id)", inSnapshot: !ownTransactions) { try body(id) }
        done += 1
      }
    }
    count(name, done)
  }

  func announce(_ step: VerificationProgress) throws { try progress(step) }

  func count(_ name: String, _ number: Int) { result.checked.append((name, number)) }

  /// The first of a list of things, and how many more there are.
  static func brief(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }
}
