import Formats
import ModelRegistry

/// The wording of what can be wrong with a file of tensors.
extension ErrorReport {
  /// A file that is read.
  init(_ error: FormatError) {
    let message = "\(error.description)."
    switch error.reason {
    case .file(.noSuchFile): self.init(message, .notFound)
    case .file(.unreadable), .file(.unwritable): self.init(message, .inputOutput)
    case .file(.notRegular):
      self.init(message, hint: "a pipe goes into a file first: cat > model.pt; registry import model.pt", .badData)
    case .file(.changed): self.init(message, hint: "registry import \(error.file.quotedForShell)", .badData)
    case .safetensors(.noKeys): self.init(message, hint: "registry import \(error.file.quotedForShell)", .badData)
    case .checkpoint(.nestedTensors(let keys)):
      self.init(
        message,
        hint: "in Python: torch.save(torch.load(path)\(keys.first.map { "['\($0.singleLine)']" } ?? "")['…'], 'model.pt')", .badData)
    // A whole module of the script that saved it.  Nobody is told to open anything else.
    case .pickle(.forbiddenGlobal(let name)) where name.hasPrefix("__main__."):
      self.init(message, hint: "in Python: torch.save(model.state_dict(), 'model.pt')", .badData)
    case .checkpoint(.torchScript):
      self.init(message, hint: "in Python: torch.save(torch.jit.load('model.pt').state_dict(), 'weights.pt')", .badData)
    case .checkpoint(.severalCandidates(let keys)), .checkpoint(.noSuchKey(_, let keys)):
      self.init(
        message, hint: keys.first.map { "registry import \(error.file.quotedForShell) --key \($0.singleLine.quotedForShell)" }, .badData)
    default: self.init(message, .badData)
    }
  }

  /// A result in the place of a database.
  static func replacingDatabase(_ path: String, isJournal: Bool) -> ErrorReport {
    ErrorReport(
      isJournal ? "'\(path)' is the name of a database's own journal." : "'\(path)' is a database: no result takes its place.",
      hint: "ls -l \(path.quotedForShell)", .cannotCreate)
  }

  /// A file that is written.
  init(writing error: FormatError) {
    let file = error.file
    switch error.reason {
    case .file(.alreadyExists): self.init("'\(file)' exists already.", hint: "--force replaces it", .cannotCreate)
    case .file(.noSuchFile):
      let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
      self.init("cannot create '\(file)': there is no folder '\(folder)'.", hint: "mkdir -p \(folder.quotedForShell)", .notFound)
    case .file(.isDirectory):
      self.init("'\(file)' is a directory.", hint: "-o \("\(file)/model.pt".quotedForShell)", .cannotCreate)
    case .file(.notRegular):
      self.init("'\(file)' is no file that could be replaced.", hint: "-o - writes to standard output", .cannotCreate)
    case .safetensors(.unwritableDType): self.init("\(error.description).", hint: "-o model.pt takes every type", .badData)
    default: self.init(error)
    }
  }

  /// A state_dict that isn't stored.
  init(_ error: ImportError) {
    switch error {
    case .noTensors(let file): self.init("'\(file)': the file holds no tensor.", .badData)
    case .changed(let file, let tensor): self.init("'\(file)' was changed while it was read (tensor '\(tensor)').", .badData)
    case .namelessTag: self.init("a tag needs a key.", .usage)
    }
  }
}
