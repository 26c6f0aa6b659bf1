import ArgumentParser
import ModelRegistry

struct MigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Bring a registry of an older program up to this one's schema.",
    discussion: """
      registry migrate
      registry migrate --db old.db

      Every command that writes does it too.  What the file was before stands beside it as registry.db.before-migration-2.
      """)

  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let registry = try database.open(.write)
    let upgrade = registry.upgrade
    let from = upgrade?.from ?? Registry.newestMigration
    let values: [(String, Scalar)] = [
      ("database", .text(database.resolvedPath)), ("from", Scalar(from)), ("to", Scalar(Registry.newestMigration)),
      ("copy", Scalar(upgrade?.copy)),
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
