internal import RegistryStore
internal import SQLite

/// Adds the registry's SQL functions to the connection of the program that loads the extension, which may hold a registry or not:
/// `l2`, `distance` and `tensor_values` need none.  The arguments are those of `sqlite3_extension_init`; gives SQLite's result code.
@unsafe public func startSQLiteExtension(
  _ connection: OpaquePointer?, _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ api: OpaquePointer?
) -> Int32 {
  unsafe LoadableExtension.start(connection, message, api) { connection in
    _ = unsafe try SQLFunctions.install(on: connection, path: connection.path, interpreter: NetInterpreter())
  }
}
