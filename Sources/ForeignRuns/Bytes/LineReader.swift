/// The lines of a text file, one after the other; of a line no more stands in memory than its limit allows.
struct LineReader: ~Copyable {
  private var file: SequentialFile
  /// The number of the line that was given last, from 1.
  private(set) var number = 0
  /// Whether that line had an end: the last one of a killed writer may have none.
  private(set) var isComplete = true

  static let longest = 16 << 20
  private let longest: Int

  /// A test sets a limit of its own.
  init(_ path: String, longest: Int = LineReader.longest) throws(ForeignError) {
    self.longest = longest
    file = try SequentialFile(path)
  }

  var path: String { file.path }

  /// The next line without its end (`\n` or `\r\n`); nil after the last.
  mutating func next() throws(ForeignError) -> ArraySlice<UInt8>? {
    // A byte-order mark is no part of the first line.
    if file.position == 0, try file.fill(3), file.bytes[..<3] == [0xef, 0xbb, 0xbf] { file.take(3) }
    var searched = 0
    while true {
      if let end = file.bytes[(file.start + searched)...].firstIndex(of: 0x0a) {
        let start = file.start
        try check(end - start)
        file.take(end + 1 - start)
        number += 1
        isComplete = true
        return file.bytes[start..<(end > start && file.bytes[end - 1] == 0x0d ? end - 1 : end)]
      }
      searched = file.available
      try check(searched)
      guard try file.readPart() else { break }
    }
    guard file.available > 0 else { return nil }
    let start = file.start
    file.take(file.available)
    number += 1
    isComplete = false
    return file.bytes[start...]
  }

  private func check(_ count: Int) throws(ForeignError) {
    guard count <= longest else { throw ForeignError(file: path, .line(number + 1), .log(.lineTooLong(limit: longest))) }
  }
}
