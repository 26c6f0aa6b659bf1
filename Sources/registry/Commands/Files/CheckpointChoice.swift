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
    let option = "--key \((others.first ?? "").singleLine.quotedForShell) reads \(others.count == 1 ? "it" : "the first")"
    return "The state_dict \(taken); \(names)\(more) \(holds) tensors too (\(option))"
  }

  /// What JSON says of every file.
  static func json(_ file: any TensorFile) -> [(String, JSONValue)] {
    let file = file as? PTFile
    return [("key", JSONValue(file?.key)), ("other_keys", .array((file?.otherKeys ?? []).map { .string($0) }))]
  }
}
