/// Compares what a command printed with what a page shows: the same but for times, uuids and trailing spaces.
/// A line `...` on the page stands for any lines, none included.
enum OutputMatch {
  /// The first line of the page that the output doesn't have, or nil when they agree.
  static func mismatch(shown: [String], printed: String) -> String? {
    var lines = printed.split(separator: "\n", omittingEmptySubsequences: false).map { normalised(String($0)) }
    while lines.last == "" { lines.removeLast() }
    var rest = lines[...]
    for (index, line) in shown.enumerated() where line != ellipsis {
      let wanted = normalised(line)
      if index > 0, shown[index - 1] == ellipsis {
        guard let found = rest.firstIndex(of: wanted) else { return line }
        rest = rest[(found + 1)...]
      } else {
        guard rest.first == wanted else { return line }
        rest = rest.dropFirst()
      }
    }
    guard shown.last == ellipsis || rest.isEmpty else { return "nothing more; there was '\(rest.first ?? "")'" }
    return nil
  }

  private static let ellipsis = "..."

  private static func normalised(_ line: String) -> String {
    var line =
      line
      .replacing(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/, with: "TIME")
      .replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "UUID")
      .replacing(/"seconds": [0-9.e-]+/, with: "\"seconds\": SECONDS")
    while line.last == " " { line.removeLast() }
    return line
  }
}
