/// Why a file of tensors is refused, and where.
public struct FormatError: Error, Equatable {
  /// The file as it was named.
  public let file: String
  /// The part of the file that `offset` counts in (`data.pkl`); nil for the file itself.
  public let part: String?
  /// A byte, from 0; nil where the file or the part as a whole is meant.
  public let offset: Int?
  /// What is wrong there.
  public let reason: Reason

  public init(file: String, part: String? = nil, offset: Int? = nil, reason: Reason) {
    self.file = file
    self.part = part
    self.offset = offset
    self.reason = reason
  }

  /// One closed set of problems for each layer of the formats.
  public enum Reason: Equatable, Sendable {
    case file(FileProblem)
    case zip(ZipProblem)
    case pickle(PickleProblem)
    case checkpoint(CheckpointProblem)
    case safetensors(SafetensorsProblem)
    case json(JSONProblem)
    case onnx(ONNXProblem)
    case shards(ShardProblem)
  }
}

extension FormatError: CustomStringConvertible {
  /// `'evil.pt' asks to call 'posix.system' (byte 27 of data.pkl); only tensors are read, nothing is ever called`.
  public var description: String {
    if case .pickle(.forbiddenGlobal(let name)) = reason {
      return "'\(file)' asks to call '\(shown(name))'\(place); only tensors are read, nothing is ever called"
    }
    return "'\(file)': \(problem)\(place)"
  }

  private var place: String {
    switch (offset, part) {
    case (let offset?, let part?): " (byte \(offset) of \(part))"
    case (let offset?, nil): " (byte \(offset))"
    case (nil, let part?): " (in \(part))"
    case (nil, nil): ""
    }
  }

  private var problem: String {
    switch reason {
    case .file(let problem): problem.description
    case .zip(let problem): problem.description
    case .pickle(let problem): problem.description
    case .checkpoint(let problem): problem.description
    case .safetensors(let problem): problem.description
    case .json(let problem): problem.description
    case .onnx(let problem): problem.description
    case .shards(let problem): problem.description
    }
  }
}

/// Text of a hostile file as a message may show it: at most 80 characters, none of them a control character.
func shown(_ text: String) -> String {
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars.prefix(80) {
    let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    scalars.append(isControl ? "\u{fffd}" : scalar)
  }
  return text.unicodeScalars.count > 80 ? "\(String(scalars))…" : String(scalars)
}

/// Up to eight names in quotes, and how many more there are.
func quotedList(_ names: [String]) -> String {
  let quoted = names.prefix(8).map { "'\(shown($0))'" }.joined(separator: ", ")
  return names.count > 8 ? "\(quoted) and \(names.count - 8) more" : quoted
}
