import SQLite
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

struct SchemaDigestTests {
  @Test("the digest of the schema is that of a new file")
  func digestOfANewFile() throws {
    let folder = try TemporaryFolder()
    let registry = try Registry(path: folder.path("new.db"), access: .create)
    try registry.writing {}
    let digest = try RegistryStore.Schema.digest(registry.connection)
    #expect(digest == RegistryStore.Schema.untouchedDigest, "after a change of migrations/, Schema.untouchedDigest has to be \(digest)")
  }

  @Test("the digests of the migrations are those of their texts")
  func digestsOfMigrations() {
    for migration in RegistryStore.Schema.migrations {
      var builder = DigestBuilder()
      builder.update(Array(migration.sql.utf8))
      let digest = builder.finalize().hex
      #expect(digest == migration.digest, "migration \(migration.number): a landed one is never changed; a new one's digest is \(digest)")
    }
  }

  @Test("the tables whose foreign keys are verified are those of a new file")
  func tablesOfANewFile() throws {
    let folder = try TemporaryFolder()
    let registry = try Registry(path: folder.path("new.db"), access: .create)
    try registry.writing {}
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    #expect(try registry.connection.query(sql) { row in try row.text(0) } == RegistryStore.Schema.tables)
  }
}
