import ArgumentParser
import ModelRegistry

struct RenameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Rename a model or an experiment; what belongs to it goes with it.",
    discussion: """
      A model keeps its versions, runs and aliases, an experiment its runs. What is trained or logged later under the old name begins a new
      one.

      registry rename neural-net tutorial
      registry rename --experiment sweep learning-rates
      """)

  @Argument(help: "The model's name, then its new name; with --experiment the new name alone.") var names: [String] = []
  @Option(help: "Rename this experiment instead of a model.") var experiment: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let needed = experiment == nil ? 2 : 1
    guard names.count <= needed else {
      throw UsageError("'\(names[needed])' is one argument too many.", hint: "registry rename --help")
    }
    guard let newName = names.last, names.count == needed else {
      throw UsageError(
        experiment.map { "rename needs a new name for the experiment '\($0)'." } ?? "rename needs a model and its new name.",
        hint: "registry rename --help")
    }
    let (kind, name) = experiment.map { ("experiment", $0) } ?? ("model", names[0])
    let didChange: Bool
    if experiment == nil {
      try Registry.checkName(newName, of: "model")
      didChange = try database.open(.write).renameModel(name, to: newName)
    } else {
      try Registry.checkExperimentName(newName)
      didChange = try database.open(.write).renameExperiment(name, to: newName)
    }
    switch format.format {
    case .json:
      let pairs: [(String, JSONValue)] = [(kind, .string(newName)), ("previous", .string(name)), ("renamed", .bool(didChange))]
      try Streams.output(JSONValue.object(pairs).pretty + "\n")
    case .csv:
      try Streams.output(
        csvText(columns: [kind, "previous", "renamed"], rows: [[.text(newName), .text(name), CellValue(didChange)]]))
    case .table:
      try Streams.prose((didChange ? "Renamed \(name) to \(newName)" : "\(newName) is called that already").singleLine + "\n")
    }
  }
}
