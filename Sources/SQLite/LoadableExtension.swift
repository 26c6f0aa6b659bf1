import CSQLite

/// The entry of a loadable extension (sqlite.org/loadext.html).
public enum LoadableExtension {
  /// Runs `install` on the connection of the program that loads the extension, and gives SQLite's result code.
  ///
  /// It calls the SQLite library that it is linked to: a host with a copy of its own is refused, as two copies can't share a connection.
  ///
  /// - Parameters:
  ///   - message: gets the text of an error.
  ///   - api: the host's `sqlite3_api_routines`.
  @unsafe public static func start(
    _ connection: OpaquePointer?, _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ api: OpaquePointer?,
    install: (borrowing Connection) throws -> Void
  ) -> Int32 {
    guard let connection, let api else { return SQLITE_MISUSE }
    do {
      guard csqlite_is_host(api) == 1 else {
        throw ForeignHost(description: "this program has a SQLite of its own; the extension needs one that uses libsqlite3.so")
      }
      try install(Connection(borrowing: connection))
      return SQLITE_OK
    } catch {
      message?.pointee = csqlite_copy(error.sqlMessage)
      return SQLITE_ERROR
    }
  }

  private struct ForeignHost: Error, CustomStringConvertible {
    let description: String
  }
}
