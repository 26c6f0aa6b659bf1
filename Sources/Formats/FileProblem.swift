/// What can be wrong with a file before its format is looked at, or while one is written.
public enum FileProblem: Equatable, Sendable {
  case noSuchFile
  case isDirectory
  /// A pipe, a socket or a device: the formats need to seek.
  case notRegular
  /// `errno` and the system's words for it.
  case unreadable(code: Int32, message: String)
  case unwritable(code: Int32, message: String)
  /// The file became shorter after it was opened.
  case shrank
  /// The file was written to after it was opened.
  case changed
  case alreadyExists
  case unknownFormat
  /// A format that is known and isn't read.
  case foreign(ForeignFormat)
}

extension FileProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchFile: "no such file"
    case .isDirectory: "is a directory"
    case .notRegular: "is not a regular file"
    case .unreadable(_, let message): "cannot be read: \(message)"
    case .unwritable(_, let message): "cannot be written: \(message)"
    case .shrank: "the file became shorter while it was read"
    case .changed: "the file was written to while it was read"
    case .alreadyExists: "the file exists already"
    case .unknownFormat: "neither a PyTorch file nor a safetensors file"
    case .foreign(let format): "\(format); a PyTorch or a safetensors file is needed"
    }
  }
}
