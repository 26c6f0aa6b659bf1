/// The words for nothing that a cell may hold, in lower case: any case of them, and an empty cell, is missing.
public let wordsForMissing = ["na", "n/a", "nan", "-nan", "null", "none", "#n/a", "<na>"]

/// Whether a text stands for a missing cell, as in a CSV file.
public func isMissingCell(_ text: String) -> Bool { CSVCell(Array(text.utf8).span) == .missing }

/// Every text that stands for a missing cell: the empty one, and the words in any case.
public var missingSpellings: [String] {
  wordsForMissing.reduce(into: [""]) { spellings, word in
    spellings += word.reduce([""]) { starts, letter in
      starts.flatMap { start in letter.isLetter ? ["\(start)\(letter)", "\(start)\(letter.uppercased())"] : ["\(start)\(letter)"] }
    }
  }
}

/// What a cell is, before its column is known.
enum CSVCell: Equatable {
  /// Empty, or one of the words for nothing, in any case: NA, N/A, NaN, null, none, #N/A, <NA>.
  case missing
  case number(Double)
  /// A number that is written in no way that is read: `1,5`, `1_000`, `0x10`, `inf`.
  case malformedNumber
  /// A number beyond the range of float64: `1e999`.
  case overflow
  case text

  init(_ bytes: Span<UInt8>) {
    switch NumberParser.parse(bytes) {
    case .number(let value): self = .number(value)
    case .overflow: self = .overflow
    case .notANumber:
      if Self.isMissing(bytes) {
        self = .missing
      } else {
        self = Self.looksLikeNumber(bytes) ? .malformedNumber : .text
      }
    }
  }

  private static let wordsForNothing: [[UInt8]] = wordsForMissing.map { Array($0.utf8) }
  private static let wordsForInfinity: [[UInt8]] = ["inf", "infinity"].map { Array($0.utf8) }

  private static func isMissing(_ bytes: Span<UInt8>) -> Bool {
    bytes.isEmpty || bytes.count <= 4 && wordsForNothing.contains { equals($0, bytes, from: 0) }
  }

  /// Whether someone meant a number: digits with separators, hexadecimal digits, or infinity.
  private static func looksLikeNumber(_ bytes: Span<UInt8>) -> Bool {
    let start = bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") ? 1 : 0
    if wordsForInfinity.contains(where: { equals($0, bytes, from: start) }) { return true }
    guard start < bytes.count, (48...57).contains(bytes[start]) else { return false }
    if start + 2 < bytes.count, bytes[start] == UInt8(ascii: "0"), bytes[start + 1] | 0x20 == UInt8(ascii: "x") {
      return (start + 2..<bytes.count).allSatisfy { (48...57).contains(bytes[$0]) || (97...102).contains(bytes[$0] | 0x20) }
    }
    var points = 0
    for i in start..<bytes.count {
      switch bytes[i] {
      case 48...57, UInt8(ascii: ","), UInt8(ascii: "_"): continue
      case UInt8(ascii: "."): points += 1
      default: return false
      }
    }
    // Two points make a version or a date, which is text.
    return points <= 1
  }

  /// Whether the bytes from `start` on are `word`, in any case.
  private static func equals(_ word: [UInt8], _ bytes: Span<UInt8>, from start: Int) -> Bool {
    guard bytes.count - start == word.count else { return false }
    for i in word.indices {
      let byte = bytes[start + i]
      let lower = (65...90).contains(byte) ? byte | 0x20 : byte
      guard lower == word[i] else { return false }
    }
    return true
  }
}
