import ArgumentParser
import ModelRegistry

struct RenameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Rename a model; its versions, runs and aliases go with it.",
    discussion: """
      registry rename neural-net tutorial
      """)

  @Argument(help: "The model's name.") var model: String
  @Argument(help: "Its new name.") var newName: String
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    try Registry.checkName(newName, of: "model")
    let didChange = try database.open(.write).renameModel(model, to: newName)
    switch format.format {
    case .json:
      let pairs: [(String, JSONValue)] = [("model", .string(newName)), ("previous", .string(model)), ("renamed", .bool(didChange))]
      try Streams.output(JSONValue.object(pairs).pretty + "\n")
    case .csv:
      try Streams.output(
        csvText(columns: ["model", "previous", "renamed"], rows: [[.text(newName), .text(model), CellValue(didChange)]]))
    case .table:
      try Streams.prose((didChange ? "Renamed \(model) to \(newName)" : "\(newName) is called that already").singleLine + "\n")
    }
  }
}
