import ModelRegistry
import Plots
import Tensors
import Training

/// A comparison for people.
extension Comparison {
  /// `metricPlot` is drawn where runs of other programs are among them.
  func text(width: Int?, showsEqual: Bool, metricPlot: CurvePlot? = nil) -> String {
    var text = section("params", params, width: width, showsEqual: showsEqual)
    text += section(isOfRuns ? "metrics (last)" : "metrics", metrics, width: width, showsEqual: showsEqual)
    text += section("metrics (best)", best.map(\.row), width: width, showsEqual: showsEqual)
    if let note { text += "\(note.singleLine)\n".wrapped(to: width) }
    for pair in pairs { text += self.text(pair, width: width, showsEqual: showsEqual) }
    if let metricPlot {
      return text + TerminalText.text(metricPlot.terminal(width: min(width ?? 80, 120), height: 10), width: width)
    }
    let shown = curves.filter(\.hasLosses)
    guard !shown.isEmpty else { return text }
    // On a very wide screen a curve gets no clearer by being as wide.
    let plot = LossCurves(sources: shown).plot(title: "losses", isLog: false)
    return text + TerminalText.text(plot.terminal(width: min(width ?? 80, 120), height: 10), width: width)
  }

  /// Params or metrics: a row for each key, or where the columns are too many, a row for each version.
  private func section(_ name: String, _ rows: [Row], width: Int?, showsEqual: Bool) -> String {
    let shown = showsEqual ? rows : rows.filter(\.differs)
    let equal = rows.count - shown.count
    guard !rows.isEmpty else { return "" }
    guard !shown.isEmpty else { return "\(name): \(rows.count == 1 ? "the only one is" : "all \(rows.count) are") equal\n" }
    let heading = equal == 0 ? "\(name)\n" : "\(name) that differ (\(equal) more \(equal == 1 ? "is" : "are") equal)\n"
    let upright = Table(
      columns: [.names("")] + titles.map { .names($0.singleLine) }, rows: shown.map { [.text($0.key)] + $0.values })
    let flat = Table(
      columns: [.names("")] + shown.map { .names($0.key.singleLine) },
      rows: titles.indices.map { index in [.text(titles[index])] + shown.map { $0.values[index] } })
    func omitted(_ table: Table) -> Int { table.omitted(table.layout(width: width.map { $0 - 2 })).count }
    let best = omitted(upright) <= omitted(flat) ? upright : flat
    return heading.wrapped(to: width) + best.section(width: width, hint: "--format json")
  }

  private func text(_ pair: Pair, width: Int?, showsEqual: Bool) -> String {
    let shown = showsEqual ? pair.tensors : pair.tensors.filter { $0.status != .equal }
    let equal = pair.tensors.count - shown.count
    var text = ""
    if pair.tensors.isEmpty {
      text += pair.files.isEmpty ? "neither has a tensor\n" : ""
    } else if shown.isEmpty {
      let all =
        equal == 1
        ? "the only one of \(pair.version.singleLine) is equal to that"
        : "all \(equal) of \(pair.version.singleLine) are equal to those"
      text += "tensors: \(all) of \(pair.reference.singleLine), to the bit\n"
      text = text.wrapped(to: width)
    } else {
      // Where all have changed, a column that says so is none.
      let areAllChanged = shown.allSatisfy { $0.status == .changed }
      text += "tensors of \(pair.version.singleLine) against \(pair.reference.singleLine)"
      text += areAllChanged ? ": \(shown.count) changed" : ""
      text += equal == 0 ? "\n" : " (\(equal) more \(equal == 1 ? "is" : "are") equal, to the bit)\n"
      text = text.wrapped(to: width)
      let columns: [(String, Int)] = [
        ("name", 0), ("dtype", 6), ("shape", 5), ("status", 0), ("l2", 0), ("max_abs", 2), ("cosine", 3), ("changed", 1),
      ].filter { !areAllChanged || $0.0 != "status" }
      let table = Table(
        columns: columns.map { $0.0 == "name" ? .names("name") : Table.Column(name: $0.0, rank: $0.1) },
        rows: shown.map { tensor in
          let difference = tensor.difference
          let cells: [Name: CellValue] = [
            "name": .text(tensor.name), "dtype": .text(Self.both(tensor.first?.dtype, tensor.second?.dtype)),
            "shape": .text(
              Self.both(tensor.first.map { Tensor.shapeJSON($0.shape) }, tensor.second.map { Tensor.shapeJSON($0.shape) })),
            "status": .text(tensor.status.rawValue), "l2": CellValue(difference?.l2), "max_abs": CellValue(difference?.maxAbs),
            "cosine": CellValue(difference?.cosine), "changed": CellValue(difference?.changed),
          ]
          return columns.map { cells[Name($0.0)] ?? .null }
        })
      text += table.section(width: width, hint: "--format json")
    }
    text += files(pair, width: width, showsEqual: showsEqual)
    // Files alone predict nothing.
    if pair.tensors.isEmpty, !pair.files.isEmpty { return text }
    return text + agreement(pair).wrapped(to: width) + "\n"
  }

  /// Which files differ.
  private func files(_ pair: Pair, width: Int?, showsEqual: Bool) -> String {
    guard !pair.files.isEmpty else { return "" }
    let shown = showsEqual ? pair.files : pair.files.filter { $0.status != .equal }
    let equal = pair.files.count - shown.count
    let names = "files of \(pair.version.singleLine) against \(pair.reference.singleLine)"
    guard !shown.isEmpty else { return "\(names): \(equal == 1 ? "the only one is" : "all \(equal) are") equal\n".wrapped(to: width) }
    let heading = names + (equal == 0 ? "\n" : " (\(equal) more \(equal == 1 ? "is" : "are") equal)\n")
    let rows = shown.map { file -> [CellValue] in
      let sizes = [file.first, file.second].map { $0.map { CellValue($0.byteCount) } ?? .null }
      return [.text(file.path), .text(file.status.rawValue)] + sizes
    }
    let table = Table(
      columns: [
        .names("path"), Table.Column(name: "status"), Table.Column(name: "bytes before", rank: 1), Table.Column(name: "bytes", rank: 1),
      ],
      rows: rows)
    return heading.wrapped(to: width) + table.section(width: width, hint: "--format json")
  }

  private func agreement(_ pair: Pair) -> String {
    switch pair.agreement {
    case .none(let problem): return "agreement: none, \(problem.description.singleLine)"
    case .found(let agreement, let dataset):
      let data = "\(agreement.rows.counted("row")) (test part of \(dataset.singleLine))"
      if let equal = agreement.equalRows { return "agreement: \(equal) of \(data)" }
      let (mean, most) = (CellValue(agreement.meanAbsoluteDifference), CellValue(agreement.maxAbsoluteDifference))
      return "predictions differ by \(Table.text(mean)) on average, at most \(Table.text(most)), on \(data)"
    }
  }

  /// `F32`, or `F32 → BF16` where they differ.
  private static func both(_ first: String?, _ second: String?) -> String {
    let (a, b) = (first ?? second ?? "", second ?? first ?? "")
    return a == b ? a : "\(a) → \(b)"
  }
}
