package import SQLite

/// What makes nets and datasets of what is texts and tensors to the store.  The room above hands one in when it opens a registry, and the
/// store passes it on to those that it opens itself.
package protocol Interpreter: AnyObject {
  /// What the JSON of an architecture says.  Throws what is wrong with it.
  func architecture(json: String) throws -> any Sendable

  /// The dataset as it is rebuilt of its parts, whose digest is computed anew.  Throws what is wrong with them.
  func dataset(_ content: DatasetContent) throws -> DatasetContent

  /// Throws `StoreError` where no net comes of a version that has an architecture, and one should.
  func check(_ version: VersionRecord, in registry: Registry) throws

  /// The SQL functions that it adds to those of tensors, as they are called.
  var functionNames: [String] { get }

  /// Adds them to a connection, which owns what they need from then on.
  func add(to functions: SQLFunctions, on connection: borrowing Connection) throws
}
