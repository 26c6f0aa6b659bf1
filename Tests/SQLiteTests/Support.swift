import Foundation
import SQLite
import Testing

/// Runs `body` in so many threads at once, and waits for all; what they throw is recorded.
func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) {
  let running = DispatchGroup()
  for number in 0..<count {
    running.enter()
    Thread {
      do { try body(number) } catch { Issue.record(error) }
      running.leave()
    }.start()
  }
  running.wait()
}

/// Runs `body` with the file permissions of an ordinary user: root's may open what is forbidden.
func asOrdinaryUser<T>(_ body: () throws -> T) throws -> T {
  guard geteuid() == 0 else { return try body() }
  typealias SetFileUser = @convention(c) (uid_t) -> Int32
  let setFileUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetFileUser.self)
  _ = setFileUser(65534)
  defer { _ = setFileUser(0) }
  return try body()
}

/// The one value of the one row that a statement gives.
func single(_ connection: borrowing Connection, _ sql: String) throws -> Value {
  var statement = try connection.prepare(sql)
  guard try statement.step() else { return .null }
  return try statement.value(0)
}

/// The SQLiteError that `body` throws.
func sqliteError(_ body: () throws -> Void) throws -> SQLiteError {
  let error = #expect(throws: SQLiteError.self) { try body() }
  return try #require(error)
}
