import Datasets

/// What is said on standard error about a CSV file that was read.
enum ReadingNotes {
  /// What the columns were taken for, and what in them is likely to be a slip: only that when quiet.
  static func print(_ dataset: Dataset, isQuiet: Bool = false) {
    if !isQuiet { Streams.note("Features: \(dataset.columnSummary)") }
    if !isQuiet, case .csv(let source) = dataset.source, source.droppedRows > 0 {
      Streams.note("\(source.droppedRows) rows with a missing cell were left out.")
    }
    for pair in dataset.lookalikes.prefix(5) {
      Streams.note(
        "Warning: among \(pair.place), '\(pair.first)' and '\(pair.second)' differ only in Unicode normalisation (NFC, NFD); they stay two."
          .singleLine)
    }
    let ids = dataset.likelyIDs
    if !ids.isEmpty {
      let names = ids.prefix(5).map(\.quotedInList).joined(separator: ", ") + (ids.count > 5 ? " and \(ids.count - 5) more" : "")
      let list = ids.prefix(5).joined(separator: ",").quotedForShell
      Streams.note("Warning: \(names) look\(ids.count == 1 ? "s" : "") like an id or an index; --drop \(list) leaves it out.".singleLine)
    }
    if dataset.columns.features.count(where: { Double($0.name) != nil }) * 2 > dataset.featureCount {
      Streams.note("Warning: the header is made of numbers; --no-header if the first line is data.")
    }
  }
}
