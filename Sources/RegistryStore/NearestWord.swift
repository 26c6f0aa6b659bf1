internal import Tensors

/// The word that is nearest to one that is unknown: of those with at most a third of its letters wrong the one with the fewest, else
/// the one that it is the beginning of.  Nil where none is near, or where it begins words that have nothing else in common.
package func nearest(to word: String, among words: [String]) -> String? {
  let (exact, lowercased) = (Array(word.unicodeScalars), Array(word.lowercased().unicodeScalars))
  let most = max(1, lowercased.count / 3)
  let near = words.lazy.filter { abs($0.unicodeScalars.count - exact.count) <= most }
  let found = near.map {
    (
      word: $0, distance: editDistance(lowercased, Array($0.lowercased().unicodeScalars)),
      exact: editDistance(exact, Array($0.unicodeScalars))
    )
  }.min { ($0.distance, $0.exact) < ($1.distance, $1.exact) }
  // Two words of one letter each have nothing in common.
  if let found, found.distance <= most, found.distance == 0 || exact.count != 1 || found.word.unicodeScalars.count > 1 {
    return found.word
  }
  guard lowercased.count >= shortestBeginning else { return nil }
  let begun = words.filter { $0.lowercased().hasPrefix(word.lowercased()) }
  // `hidden` means hidden_size, and doesn't tell params from patience when it is `pa`.
  return begun.min { $0.count < $1.count }.flatMap { shortest in begun.allSatisfy { $0.hasPrefix(shortest) } ? shortest : nil }
}

/// Fewer letters begin too much.
private let shortestBeginning = 3

/// At most so many words to name in an error: the nearest in spelling, if one is near, then the first.
func examples(of words: [String], near word: String, atMost count: Int) -> [String] {
  let first = Array(words.prefix(count))
  guard let near = nearest(to: word, among: words), !first.contains(named: near) else { return first }
  return [near] + first.dropLast()
}

/// How many letters have to be added, removed, changed or swapped with their neighbour (the optimal string alignment distance).
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var before: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      var least = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
      current.append(least)
    }
    (before, previous) = (previous, current)
  }
  return previous[b.count]
}
