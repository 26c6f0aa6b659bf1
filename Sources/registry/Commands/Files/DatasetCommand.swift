import ArgumentParser
import Datasets
import ModelRegistry

struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Add, list, show, export and remove datasets.",
    discussion: """
      registry dataset add wine.csv --name wine --target quality
      registry train --dataset wine
      registry dataset show wine
      """,
    subcommands: [DatasetAdd.self, DatasetList.self, DatasetShow.self, DatasetExport.self, DatasetRemove.self])
}

struct DatasetAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Store a CSV file, or generated blobs, as a dataset.",
    discussion: """
      registry dataset add wine.csv --name wine --target quality --test-fraction 0.2 --seed 0
      registry dataset add train.csv --test-csv test.csv --name split --target label
      registry dataset add --centers '0,0;3,3;0,3' --cluster-std 0.5 --samples 300 --name three-blobs
      """)

  @Argument(help: "A CSV file (- is standard input); none for generated blobs.") var file: String?
  @Option(help: "The dataset's name (default: the file's).") var name: String?
  @Flag(help: "Move the name if another dataset has it.") var replace = false
  @Option(parsing: .unconditional, help: "Starts the split, or the blobs (default: 0).") var seed: UInt64?
  @Option(help: "What the target is: binary, multiclass or regression (default: what the column holds).") var task: LearningTask?
  @Flag(help: "Keep missing cells of features as missing, for train --impute to fill in.") var keepMissing = false
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    if keepMissing, file == nil {
      throw UsageError("'--keep-missing' needs a CSV file.", hint: "registry dataset add FILE --target COLUMN --keep-missing")
    }
    if let task, file == nil {
      throw UsageError(
        "'--task \(task.rawValue)' needs a CSV file.", hint: "registry dataset add FILE --target COLUMN --task \(task.rawValue)")
    }
    if let seed, let testCsv = data.testCsv {
      throw UsageError("'--test-csv \(testCsv)' and '--seed \(seed)' exclude each other: the file is the split.")
    }
    let seed = self.seed ?? 0
    let loaded =
      try file.map {
        try data.read(csv: $0, seed: seed, task: task, keepMissing: keepMissing, missingHint: "--keep-missing keeps it as missing")
      } ?? data.generated(seed: seed)
    let name = name ?? loaded.name
    try Registry.checkDatasetName(name)
    let registry = try database.open(.create)
    let stored = try registry.add(loaded.dataset, name: name, replacing: replace)
    // An error stands alone.
    let notes = ReadingNotes.notes(loaded, asked: task)
    Note.print(notes)
    let dataset = loaded.dataset
    let values: [(String, CellValue)] = [
      ("dataset", .text(stored.name)), ("digest", .text(stored.digest)), ("train_rows", CellValue(dataset.trainCount)),
      ("test_rows", CellValue(dataset.testCount)), ("features", CellValue(dataset.featureCount)), ("known", CellValue(stored.wasKnown)),
    ]
    switch format.format {
    case .json:
      let pairs = values.map { ($0.0, $0.0 == "known" ? .bool(stored.wasKnown) : JSONValue($0.1)) } + [("notes", Note.json(notes))]
      try Streams.output(JSONValue.object(pairs).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      let known = stored.wasKnown ? " (this content was stored already)" : ""
      try Streams.prose(
        "Stored dataset \(stored.name): \(dataset.trainCount) rows to train on, \(dataset.testCount) to test on, \(dataset.featureCount) features\(known)\n"
      )
    }
  }
}

struct DatasetList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List datasets, newest first (as `registry list datasets`).",
    discussion: "registry dataset list --format csv")

  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    try ListCommand.parse(["datasets", "--db", database.resolvedPath, "--format", format.format.rawValue]).run()
  }
}

struct DatasetExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a dataset as CSV: the same values, training rows first, the target last.",
    discussion: """
      Texts are written as they came in, without the blanks around a cell that had no quotes; dates as 2024-01-31 or \
      2024-01-31T12:30:00Z, times as 12:30:00; numbers in the shortest form that reads back as the same value (1.50 becomes 1.5, 02134 \
      becomes 2134). Equal numbers that are one class (1 and 1.0) are written as the first of them was. What --drop and --drop-missing \
      left out isn't stored.

      registry dataset export wine > wine.csv
      registry dataset export wine --part test
      """)

  @Argument(help: "The dataset's name, or the beginning of its digest.") var name: String
  @Option(help: "Only this part: train or test.") var part: Dataset.Part?
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let registry = try database.open()
    let dataset = try registry.dataset(try registry.datasetRecord(name))
    try dataset.writeCSV(part.map { [$0] } ?? Dataset.Part.allCases) { try Streams.output(String(decoding: $0, as: UTF8.self)) }
  }
}

struct DatasetRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove a dataset's name, and with the last one the dataset; refused while a run needs it.",
    discussion: "registry dataset remove wine")

  @Argument(help: "The dataset's name.") var name: String
  @OptionGroup var database: DatabaseOption

  func run() throws {
    try database.open(.write).removeDataset(name)
    try Streams.prose("Removed dataset \(name)\n")
  }
}
