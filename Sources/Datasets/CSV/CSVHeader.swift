internal import Tensors

/// The names in the first record of a CSV file: none empty, none twice.  A nameless first column, as pandas writes its index,
/// is `unnamed_0`; in a file without a header the columns are `x0`, `x1`, ….
struct CSVHeader {
  private(set) var names: [String]
  private let file: String

  static let unnamed = "unnamed_0"

  /// Moves the tokenizer to its first record and reads it, or puts it back where it is data.
  init(_ tokenizer: inout CSVTokenizer, isMissing: Bool = false) throws(CSVError) {
    file = tokenizer.file
    guard try tokenizer.next() else { throw CSVError(file: file, reason: .empty) }
    var names: [String] = []
    for index in tokenizer.fields.indices { names.append(tokenizer.text(index)) }
    if isMissing {
      self.names = names.indices.map { "x\($0)" }
      tokenizer.putBack()
      return
    }
    if names.count > 1, names[0].isEmpty { names[0] = Self.unnamed }
    self.names = names
    if Self.looksLikeData(names) {
      throw CSVError(file: file, line: tokenizer.line, value: names.first { $0 != Self.unnamed }, reason: .headerOfNumbers)
    }
    if let position = names.firstIndex(of: "") {
      throw CSVError(file: file, line: tokenizer.line(of: position), reason: .emptyName(position: position + 1))
    }
    if let name = names.firstRepeatedName() {
      throw CSVError(file: file, line: tokenizer.line, reason: .duplicateName(name))
    }
  }

  /// Whether every name is a number, and they don't count up as pandas' own names of columns do.
  private static func looksLikeData(_ names: [String]) -> Bool {
    let numbers = names.filter { $0 != unnamed }.map { name -> Double? in
      let bytes = Array(name.utf8)
      return if case .number(let value) = NumberParser.parse(bytes.span) { value } else { nil }
    }
    guard let first = numbers.first ?? nil, numbers.allSatisfy({ $0 != nil }) else { return false }
    return !(first == first.rounded() && numbers.enumerated().allSatisfy { $1 == first + Double($0) })
  }

  /// The columns that `a,b` lists, those with commas in quotes as in CSV (`"a,b",c`); the name of a column is meant as a whole.
  func listed(_ columns: String) -> [String] {
    if names.contains(named: columns) { return [columns] }
    var listed: [String] = []
    var name: [UInt8] = []
    var (isQuoted, wasQuoted) = (false, false)
    for byte in columns.utf8 + [UInt8(ascii: ",")] {
      switch byte {
      case UInt8(ascii: "\"") where isQuoted || wasQuoted || name.isEmpty:
        // The second of two quotes is one.
        if wasQuoted, !isQuoted { name.append(byte) }
        isQuoted.toggle()
        wasQuoted = true
      case UInt8(ascii: ",") where !isQuoted:
        if !name.isEmpty { listed.append(String(decoding: name, as: UTF8.self)) }
        (name, wasQuoted) = ([], false)
      default: name.append(byte)
      }
    }
    // A list of nothing is no column's name, and is said.
    if listed.isEmpty { return [columns] }
    return isQuoted ? columns.split(separator: ",").map(String.init) : listed
  }

  /// Names the columns of a file without a header as training did.  One with fewer has the features alone: which column another
  /// number of them lacks can't be told.  Gives whether it does.
  mutating func rename(_ training: Headerless, _ features: [String]) throws(CSVError) -> Bool {
    let (width, got) = (training.width ?? training.leastWidth(features), names.count)
    guard let width, got != width else { return false }
    if got == features.count {
      names = features
      return true
    }
    throw CSVError(file: file, line: 1, reason: .otherWidth(got: got, training: width, features: features.count))
  }

  /// The position of a column by its name or, in a file without a header, by its number from 0 or as `last`.
  func position(of column: String, isByNumber: Bool) throws(CSVError) -> Int {
    if isByNumber {
      if column == "last" { return names.count - 1 }
      if let number = Int(column) {
        let position = number < 0 ? number + names.count : number
        if names.indices.contains(position) { return position }
      }
    }
    return try positions(of: [column])[0]
  }

  /// The positions of the wanted columns; throws an error that names those that are not there.
  func positions(of wanted: [String]) throws(CSVError) -> [Int] {
    let positions = Dictionary(names.enumerated().map { (Name($1), $0) }, uniquingKeysWith: { first, _ in first })
    let missing = wanted.filter { positions[Name($0)] == nil }
    guard missing.isEmpty else {
      throw CSVError(
        file: file, line: 1,
        reason: .missingColumns(missing, known: names, nearest: missing.count == 1 ? nearestName(to: missing[0], among: names) : nil))
    }
    return wanted.compactMap { positions[Name($0)] }
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

/// The file without a header that a version was trained on.
public struct Headerless: Sendable {
  /// The name of its target, `x13`.
  let target: String
  /// How many columns it had; nil where that isn't known.
  let width: Int?

  public init(target: String, width: Int?) {
    self.target = target
    self.width = width
  }

  /// The columns up to the last that is known, unless the names are of a file with a header.
  func leastWidth(_ features: [String]) -> Int? {
    let numbers = (features + [target]).map { $0.hasPrefix("x") ? Int($0.dropFirst()) : nil }
    return numbers.contains(nil) ? nil : numbers.compactMap(\.self).max().map { $0 + 1 }
  }
}
