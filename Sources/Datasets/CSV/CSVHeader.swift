internal import Tensors

/// The names in the first record of a CSV file: none empty, none twice.
struct CSVHeader {
  let names: [String]
  private let file: String

  /// Moves the tokenizer to its first record and reads it.
  init(_ tokenizer: inout CSVTokenizer) throws(CSVError) {
    file = tokenizer.file
    guard try tokenizer.next() else { throw CSVError(file: file, reason: .empty) }
    var names: [String] = []
    for index in tokenizer.fields.indices { names.append(tokenizer.text(index)) }
    self.names = names
    if let position = names.firstIndex(of: "") {
      throw CSVError(file: file, line: tokenizer.line(of: position), reason: .emptyName(position: position + 1))
    }
    if let name = names.firstRepeatedName() {
      throw CSVError(file: file, line: tokenizer.line, reason: .duplicateName(name))
    }
  }

  /// The positions of the wanted columns; throws an error that names those that are not there.
  func positions(of wanted: [String]) throws(CSVError) -> [Int] {
    let positions = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let missing = wanted.filter { positions[$0] == nil }
    guard missing.isEmpty else {
      throw CSVError(
        file: file, line: 1,
        reason: .missingColumns(missing, known: names, nearest: missing.count == 1 ? nearestName(to: missing[0], among: names) : nil))
    }
    return wanted.compactMap { positions[$0] }
  }

  /// Throws when the record at hand has another number of fields than the header.
  func checkWidth(_ tokenizer: borrowing CSVTokenizer) throws(CSVError) {
    guard tokenizer.fields.count == names.count else {
      throw CSVError(file: file, line: tokenizer.line, reason: .ragged(got: tokenizer.fields.count, needed: names.count))
    }
  }
}

/// The name that is nearest in spelling: at most a third of its letters to change, or only the case.
func nearestName(to name: String, among known: [String]) -> String? {
  let wanted = Array(name.lowercased().prefix(100))
  let distances = known.prefix(1_000).map { ($0, editDistance(wanted, Array($0.lowercased().prefix(100)))) }
  guard let best = distances.min(by: { $0.1 < $1.1 }), best.1 * 3 <= wanted.count else { return nil }
  return best.0
}

/// Source: Levenshtein 1966, in Wagner and Fischer's form with one row.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var row = Array(0...b.count)
  for i in 1..<a.count + 1 {
    var diagonal = row[0]
    row[0] = i
    for j in 1..<b.count + 1 {
      let substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)
      diagonal = row[j]
      row[j] = min(substituted, row[j] + 1, row[j - 1] + 1)
    }
  }
  return row[b.count]
}
