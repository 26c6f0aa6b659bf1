import ModelRegistry

/// Where the stock `sqlite3` shell and Python begin, having loaded `libregistry_functions.so` (sqlite.org/loadext.html).
@_cdecl("sqlite3_extension_init")
@unsafe public func startExtension(
  _ connection: OpaquePointer?, _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ api: OpaquePointer?
) -> Int32 {
  unsafe startSQLiteExtension(connection, message, api)
}
