import ArgumentParser
import ModelRegistry

struct MigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Upgrade a registry file of an older schema to this program's.",
    discussion: """
      registry migrate
      registry migrate --db old.db

      Every command that writes does it too. The file as it was before is kept beside it, as registry.db.before-migration-2. A command \
      that only reads leaves an older file as it is and reads an upgraded copy.
      """)

  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let registry = try database.open(.write)
    let upgrade = registry.upgrade
    let from = upgrade?.from ?? Registry.newestMigration
    let values: [(String, CellValue)] = [
      ("database", .text(database.resolvedPath)), ("from", CellValue(from)), ("to", CellValue(Registry.newestMigration)),
      ("copy", CellValue(upgrade?.copy)),
    ]
    switch format.format {
    case .json: try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) }).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      // What an upgrade did was said when the file was opened.
      let newest = Registry.newestMigration
      try Streams.prose("\(database.resolvedPath.singleLine) has migration \(newest)\(upgrade == nil ? ": nothing to do" : "")\n")
    }
  }
}
