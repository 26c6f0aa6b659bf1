/// Why a file that can be parsed holds no state_dict, or cannot be written as one.
public enum CheckpointProblem: Equatable, Sendable {
  /// A zip archive without `data.pkl` under its top folder.
  case notPyTorch
  case severalPickles([String])
  case torchScript
  /// The pickle's value is no dictionary; `kind` says what it is.
  case notADictionary(kind: String)
  case noTensors
  /// There are tensors, but deeper than under a key of the top dictionary; these keys lead there.
  case nestedTensors([String])
  /// An entry that would have to be the state_dict is an object of a class that isn't known; `name` is its `module.name`.
  case object(key: String, name: String)
  /// A tensor of a type that isn't stored; `kind` says which.
  case unstoredTensor(String, kind: String)
  /// A storage of a type that isn't stored, and whose size nobody knows.
  case unstoredStorage(String, kind: String)
  /// Entries whose paths would take far more memory than the file.
  case namesTooLong
  case noSuchKey(String, known: [String])
  /// Several keys hold a dictionary of tensors.
  case severalCandidates([String])
  case nameNotText
  case duplicateName(String)
  case missingStorage(String)
  /// A storage whose record has another size than the pickle declares; both in bytes.
  case storageSize(key: String, declared: Int, found: Int)
  /// More bytes than a file of this size can stand for: views that multiply one storage.
  case tooLarge(bytes: Int, limit: Int)
  case byteOrder(String)
  /// Legacy files: what stands before the tensors is not what torch writes.
  case badLegacyHeader
  case trailingBytes
  /// A tensor handed to a writer is not the one that was announced.
  case otherTensor(String)
  /// A name that the format keeps for itself.
  case reservedName(String)
}

extension CheckpointProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notPyTorch: "the zip archive has no data.pkl: not a PyTorch file"
    case .severalPickles(let names): "the zip archive has several pickles: \(quotedList(names))"
    case .torchScript: "a TorchScript archive (torch.jit.save); save its state_dict() with torch.save"
    case .notADictionary(let kind): "the file holds \(kind), not a state_dict"
    case .noTensors: "the file holds no tensor"
    case .nestedTensors(let keys):
      "no entry of the file is a dictionary of tensors; the tensors stand deeper\(keys.isEmpty ? "" : ", under \(quotedList(keys))")"
    case .object(let key, let name):
      "'\(shown(key))' is an object of the class '\(shown(name))', not a dictionary of tensors; only tensors are read, nothing is ever called"
    case .unstoredTensor(let name, let kind): "'\(shown(name))' is \(kind), which isn't stored"
    case .unstoredStorage(let key, let kind): "the storage '\(shown(key))' is of \(kind), which isn't stored"
    case .namesTooLong: "the names of what stands beside the tensors are longer in all than 4 times the file plus 1 MB"
    case .noSuchKey(let key, let known):
      known.isEmpty
        ? "no dictionary of tensors under '\(shown(key))', and none under another key"
        : "no dictionary of tensors under '\(shown(key))'; there \(known.count == 1 ? "is" : "are") \(quotedList(known))"
    case .severalCandidates(let keys): "several state_dicts, choose one by its key: \(quotedList(keys))"
    case .nameNotText: "a tensor's name is not a text"
    case .duplicateName(let name): "'\(shown(name))' occurs twice"
    case .missingStorage(let key): "the storage '\(shown(key))' is missing"
    case .storageSize(let key, let declared, let found):
      "the storage '\(shown(key))' has \(found) bytes, the pickle declares \(declared)"
    case .tooLarge(let bytes, let limit):
      "the tensors and the gaps in them have \(bytes) bytes in all, in a file of this size they may have \(limit)"
    case .byteOrder(let order): "the byte order '\(shown(order))' is neither 'little' nor 'big'"
    case .badLegacyHeader: "the header is not that of a PyTorch file"
    case .trailingBytes: "bytes follow the last tensor"
    case .otherTensor(let name): "the tensor '\(shown(name))' is not of the announced type and shape"
    case .reservedName(let name): "no tensor can have the name '\(shown(name))' in this format"
    }
  }
}
