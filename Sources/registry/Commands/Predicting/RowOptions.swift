import ArgumentParser
public import Datasets
import Tensors
import Training

/// What becomes of a CSV file's rows that a version can't take as they are, for `predict` and `evaluate`.
struct RowOptions: ParsableArguments {
  @Flag(help: "Leave out rows with a missing cell that the version doesn't fill in, and name them.") var dropMissing = false
  @Option(help: "What a category that training didn't have is: an error, or ignore (all its one-hot inputs are 0).")
  var unseen: UnseenCategories = .error
  @Flag(help: "The CSV's first line is data: columns are x0, x1, … as in training with --no-header.") var noHeader = false

  /// The options that were given.
  var given: [String] {
    [dropMissing ? "--drop-missing" : nil, unseen == .error ? nil : "--unseen ignore", noHeader ? "--no-header" : nil].compactMap(\.self)
  }

  /// The rows of a file with the version's columns, and the target's where one is given; `source` is where its training data came from.
  func open(
    _ csv: String, _ architecture: Architecture, trainedOn source: DatasetSource?, target: TargetColumn? = nil, keep: [String] = []
  ) throws -> FeatureRows {
    var width: Int?
    if case .csv(let table) = source, !table.hasHeader { width = architecture.features.columns.count + 1 + table.droppedColumns.count }
    do {
      return try FeatureRows.open(
        DataOptions.input(csv), features: architecture.features.columns, target: target, dropMissing: dropMissing,
        keepMissing: architecture.features.imputationStrategy != nil, unseen: unseen, keep: keep,
        noHeader: noHeader ? Headerless(target: architecture.target, width: width) : nil)
    } catch let error {
      if noHeader, case .missingColumns = error.reason {
        throw ErrorReport(
          "\(error.description).", hint: "the version's columns have names: name them in line 1, without --no-header", .badData)
      }
      throw ErrorReport(csv: error, .rows)
    }
  }

  /// The next rows; an error of a cell names the options that there are here.
  func next(_ rows: inout FeatureRows, _ architecture: Architecture) throws -> FeatureRows.Batch? {
    do {
      return try rows.next()
    } catch let error {
      switch error.reason {
      case .missingCell: throw ErrorReport("\(error.description).", hint: Self.missingHint(error, architecture), .badData)
      case .unknownCategory(let known):
        let twin = error.value.flatMap { Self.twinHint($0, known) }
        throw ErrorReport("\(error.description).", hint: twin ?? "--unseen ignore sets its one-hot inputs to 0", .badData)
      default: throw ErrorReport(csv: error, .rows)
      }
    }
  }

  /// For a category that training had in another spelling: to leave it out would be wrong.
  private static func twinHint(_ value: String, _ known: [String]) -> String? {
    // Swift's own == is the question here: canonical equivalence.
    if let twin = known.first(where: { $0 == value }) {
      return "it differs from '\(twin.singleLine)' only in Unicode normalisation (NFC, NFD): write it as training had it"
    }
    let folded = value.lowercased()
    return known.first { $0.lowercased().hasSameBytes(as: folded) }
      .map { "it differs from '\($0.singleLine)' only in upper and lower case: write it as training had it" }
  }

  private static func missingHint(_ error: CSVError, _ architecture: Architecture) -> String {
    let drop = "--drop-missing leaves out such rows"
    let isFeature = architecture.features.columns.contains { error.column?.hasSameBytes(as: $0.name) ?? false }
    return isFeature ? "\(drop); a version trained with --impute fills them in" : drop
  }

  /// Says what became of the rows that weren't complete.
  static func note(_ rows: borrowing FeatureRows, _ architecture: Architecture) {
    if rows.isRenamed {
      let names = architecture.features.columns.map(\.name)
      let list = names.count > 6 ? "\(names[0]), \(names[1]), … \(names[names.count - 1])" : names.joined(separator: ", ")
      Streams.note("The file has fewer columns than the training file: its features are \(list), in this order".singleLine)
    }
    if rows.droppedRows > 0 {
      let named = rows.firstDropped.map(String.init).joined(separator: ", ")
      let rest = rows.droppedRows > rows.firstDropped.count ? ", …" : ""
      Streams.note("\(rows.droppedRows.counted("row")) with a missing cell left out: \(named)\(rest)")
    }
    if rows.incompleteRows > 0 {
      let filled = FilledCells.words(rows.incompleteFeatures.sorted(), architecture.features)
      Streams.note("\(rows.incompleteRows.counted("row")) with missing cells filled in, as the version was trained: \(filled)".singleLine)
    }
    if rows.unseenRows > 0 {
      Streams.note("\(rows.unseenRows.counted("row")) with a category that training didn't have: all its one-hot inputs are 0")
    }
  }
}

extension UnseenCategories: ArgumentWord {}
