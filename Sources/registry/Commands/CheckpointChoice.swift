import Formats
import Tensors

/// The dictionary that was taken for the state_dict of a file that has several.
struct CheckpointChoice {
  /// Its path; nil for the file's own entries.
  let key: String?
  private let others: [String]

  /// Nil for a file with one.
  init?(_ file: any TensorFile) {
    guard let file = file as? PTFile, !file.otherKeys.isEmpty else { return nil }
    (key, others) = (file.key, file.otherKeys)
  }

  /// `The state_dict is 'model'; 'ema' holds tensors too (--key ema reads it)`.
  var note: String {
    let taken = key.map { "is '\($0.singleLine)'" } ?? "has the file's own entries"
    let names = others.prefix(4).map { "'\($0.singleLine.truncatedInMiddle(to: 48))'" }.joined(separator: ", ")
    let more = others.count > 4 ? " and \(others.count - 4) more" : ""
    let holds = others.count == 1 ? "holds" : "hold"
    return "The state_dict \(taken); \(names)\(more) \(holds) tensors too (\(option))"
  }

  /// Two dictionaries may have one path, with dots in their keys.
  private var option: String {
    let all = others + [key].compactMap(\.self)
    guard let index = others.firstIndex(where: all.occursOnce) else { return "--key can't choose: another has the same path" }
    let which = others.count == 1 ? "it" : index == 0 ? "the first" : "that one"
    return "--key \(others[index].singleLine.quotedForShell) reads \(which)"
  }

  /// What JSON says of every file.
  static func json(_ file: any TensorFile) -> [(String, JSONValue)] {
    let file = file as? PTFile
    return [("key", JSONValue(file?.key)), ("other_keys", .array((file?.otherKeys ?? []).map { .string($0) }))]
  }
}

extension [String] {
  /// Whether one alone has the bytes of `name`.
  func occursOnce(_ name: String) -> Bool { count { $0.hasSameBytes(as: name) } == 1 }
}
