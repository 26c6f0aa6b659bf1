import ArgumentParser

/// How a result is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv
}

struct FormatOption: ParsableArguments {
  @Option(help: "How the result is printed: table, json or csv.") var format: OutputFormat = .table
}

struct DatabaseOption: ParsableArguments {
  @Option(name: .customLong("db"), help: "The registry's file (default: $REGISTRY_DB, else registry.db here).") var path: String?
}
