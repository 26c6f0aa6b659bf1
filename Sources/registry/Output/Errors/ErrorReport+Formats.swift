import Files
import Formats
import ModelRegistry
import Tensors

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
    case .pickle(.forbiddenGlobal(let name)) where !DangerousName.contains(name):
      self.init(message, hint: "in Python: torch.save(model.state_dict(), 'model.pt')", .badData)
    case .checkpoint(.object(let key, _)):
      self.init(message, hint: "in Python: torch.save(checkpoint['\(key.singleLine)'].state_dict(), 'model.pt')", .badData)
    case .file(.foreign(let format)): self.init(message, hint: Self.hint(for: format, error.file), .badData)
    case .shards(.missingShard): self.init(message, .notFound)
    case .shards(.isShard(let index)):
      let hint =
        index.map { "registry import \($0.singleLine.quotedForShell)" }
        ?? "download the index and all shards (model.safetensors.index.json), then: registry import \(error.file.pathFolder.quotedForShell)"
      self.init(message, hint: hint, .badData)
    case .shards(.isRank):
      self.init(message, hint: "in Python: model.save_pretrained('whole') with the model loaded; then: registry import whole", .badData)
    case .shards(.fewShards):
      let folder = error.file.pathFolder.quotedForShell
      self.init(message, hint: "download the index again, it names a part of the shards; then: registry import \(folder)", .badData)
    case .shards(.severalWeights(let names)):
      let folder = error.file.hasSuffix("/") ? error.file : error.file + "/"
      self.init(message, hint: names.first.map { "registry import \((folder + $0).singleLine.quotedForShell)" }, .badData)
    case .shards(.noKeys): self.init(message, hint: "registry import \(error.file.quotedForShell)", .badData)
    case .checkpoint(.notPyTorch): self.init(message, hint: Self.unzipHint(error.file), .badData)
    // torch.save compresses nothing: its archive packed anew, or an ordinary one that perhaps has the file in it.
    case .zip(.compressed(let entry, _)):
      let isTorch = entry.hasSuffix("/data.pkl") || entry.contains("/data/") || entry.hasSuffix("/version")
      // zip would add to a file that is there.
      let packed = Self.newName("unzipped", besides: error.file)
      let again = "unzip \(error.file.quotedForShell) -d unzipped; (cd unzipped; zip -0 -r ../\(packed) .); registry import \(packed)"
      self.init(message, hint: isTorch ? again : Self.unzipHint(error.file), .badData)
    case .checkpoint(.torchScript):
      self.init(message, hint: "in Python: torch.save(torch.jit.load('model.pt').state_dict(), 'weights.pt')", .badData)
    case .checkpoint(.severalCandidates(let keys)), .checkpoint(.noSuchKey(_, let keys)):
      self.init(
        message, hint: keys.first.map { "registry import \(error.file.quotedForShell) --key \($0.singleLine.quotedForShell)" }, .badData)
    default: self.init(message, .badData)
    }
  }

  /// What turns a format that isn't read into one that is.
  private static func hint(for format: ForeignFormat, _ file: String) -> String? {
    let path = file.quotedForShell
    let arrays = "safetensors.numpy.save_file(arrays, 'model.safetensors')"
    switch format {
    case .gitLFSPointer: return "git lfs pull"
    case .html: return "download the file itself (at Hugging Face: …/resolve/main/… instead of …/blob/main/…)"
    case .json:
      let kinds = ["safetensors", "pt", "pth", "bin"]
      let hasWeights = kinds.contains { !FilePattern("\(file.pathFolder)/*.\($0)").matches().isEmpty }
      return "the weights are in a .safetensors or .pt file" + (hasWeights ? ": registry import \(file.pathFolder.quotedForShell)" : "")
    case .shardIndex: return "registry import \(path)"
    case .numpyArray: return "in Python: safetensors.numpy.save_file({'weight': numpy.load(path)}, 'model.safetensors')"
    case .numpyArchive: return "in Python: safetensors.numpy.save_file(dict(numpy.load(path)), 'model.safetensors')"
    case .gguf, .ggml: return "import the .safetensors files that it was converted from"
    case .hdf5, .keras:
      return
        "in Python: safetensors.numpy.save_file({w.path: w.numpy() for w in keras.models.load_model(path).weights}, 'model.safetensors')"
    case .onnx:
      return "in Python: safetensors.numpy.save_file({t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}, "
        + "'model.safetensors')"
    case .tensorFlowLite, .tensorFlowGraph: return "in Python: \(arrays), with the variables as NumPy arrays"
    case .messagePack: return "in Python: safetensors.flax.save_file(flat_params, 'model.safetensors')"
    case .pickle, .textPickle: return "in Python, if you trust the file: torch.save(state_dict, 'model.pt') with the tensors in it"
    case .joblib: return "in Python, if you trust the file: \(arrays), with the estimator's arrays (coef_, intercept_)"
    case .gzip: return unpacking("gunzip -c", file)
    case .bzip2: return unpacking("bunzip2 -c", file)
    case .xz: return unpacking("xz -dc", file)
    case .zstandard: return unpacking("zstd -dc", file)
    case .tar: return "tar -xf \(path)"
    case .sevenZip: return "7z x \(path)"
    case .rar: return "unrar x \(path)"
    case .torchExport: return "in Python: torch.save(torch.export.load(path).state_dict, 'model.pt')"
    case .sqlite: return "registry list --db \(path)"
    case .parquet:
      return "a table is trained on, not imported. In Python: pandas.read_parquet(path).to_csv('table.csv', index=False); then: "
        + "registry train --csv table.csv --target COLUMN"
    case .pdf, .image: return nil
    }
  }

  private static func unpacking(_ command: String, _ file: String) -> String {
    let new = newName("unpacked", besides: file)
    return "\(command) \(file.quotedForShell) > \(new); registry import \(new)"
  }

  /// The name of a .pt file that a command may write without replacing the one that it reads.
  private static func newName(_ name: String, besides file: String) -> String {
    file == "\(name).pt" || file.hasSuffix("/\(name).pt") ? "\(name)-again.pt" : "\(name).pt"
  }

  private static func unzipHint(_ file: String) -> String {
    "unzip \(file.quotedForShell) -d unzipped; registry import unzipped"
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
      let folder = file.pathFolder
      self.init("cannot create '\(file)': there is no folder '\(folder)'.", hint: "mkdir -p \(folder.quotedForShell)", .notFound)
    case .file(.isDirectory):
      self.init("'\(file)' is a directory.", hint: "-o \("\(file)/model.pt".quotedForShell)", .cannotCreate)
    case .file(.notRegular):
      self.init("'\(file)' isn't a regular file.", hint: "-o - writes to standard output", .cannotCreate)
    case .safetensors(.unwritableDType): self.init("\(error.description).", hint: "-o model.pt takes every type", .badData)
    default: self.init(error)
    }
  }
}
