import ArgumentParser

/// How a result is printed.
enum OutputFormat: String, ArgumentWord {
  case table, json, csv
}

struct FormatOption: ParsableArguments {
  @Option(help: "How the result is printed: table, json or csv.") var format: OutputFormat = .table
}

extension ArgumentHelp {
  /// Of every `--model` that says where a version is looked for.
  static var versionsModel: ArgumentHelp {
    "The model that a version is looked for in (default: $REGISTRY_MODEL, else the only one that has it)."
  }
}

/// Where the files of a registry stand that is made now: for every command that makes one.
struct ArtifactsOption: ParsableArguments {
  @Option(
    help: """
      The folder for the files of a registry that is made now, each named by its digest; a relative one stands beside the registry \
      (default: in the registry itself).
      """)
  var artifacts: String?
}

struct DatabaseOption: ParsableArguments {
  @Option(name: .customLong("db"), help: "The registry's file (default: $REGISTRY_DB, else registry.db here).") var path: String?
}
