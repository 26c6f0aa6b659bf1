internal import Files
internal import Tensors

/// Where artifacts stand on this machine.
///
/// A source names folders by where they once stood.  It is read from others, so it doesn't decide which files of this machine are taken: what
/// is read stands within the folders given here, links followed, and what it names elsewhere is said and left alone.
struct ArtifactPlaces {
  /// Real paths: of `--artifacts`, else of the source's own folder and those that MLflow makes in it.
  private let roots: [String]

  init(given: String?, besides folder: String) throws(ForeignError) {
    if let given {
      guard let kind = FolderListing.kind(of: given, following: true) else { throw ForeignError(file: given, .noSuchFile) }
      guard kind == .folder, let root = FolderListing.realPath(given) else { throw ForeignError(file: given, .notAFolder) }
      roots = [root]
    } else {
      roots = [folder, "\(folder)/mlruns", "\(folder)/mlartifacts"].compactMap(FolderListing.realPath)
    }
  }

  private enum Location {
    /// The names that a path on this machine consists of.
    case path([String], isAbsolute: Bool)
    /// The names of a path below the folder that a server has for its artifacts.
    case served([String])
    case remote
  }

  /// The files at a location.  `owner` is the id of the run or model whose they are: a folder of that name is known wherever it stands.
  func files(at location: String, owner: String?) throws(ForeignError) -> ForeignFiles {
    var none = ForeignFiles()
    switch Self.location(location) {
    case .remote: none.absence = .remote(location)
    case .served(let names):
      if let found = find(names, owner: owner, isWhole: true) { return try files(of: found) }
      none.absence = .missing(location)
    case .path(let names, let isAbsolute):
      if let found = find(names, owner: owner, isWhole: !isAbsolute) { return try files(of: found) }
      let path = "/" + names.joined(separator: "/")
      guard isAbsolute, let real = FolderListing.realPath(path) else {
        none.absence = .missing(location)
        break
      }
      if isWithinRoots(real) { return try files(of: real) }
      none.absence = .outside(path)
    }
    return none
  }

  /// The longest end of the path that a root has.
  private func find(_ names: [String], owner: String?, isWhole: Bool) -> String? {
    guard !names.isEmpty, !names.contains("..") else { return nil }
    let ownersPlace = owner.flatMap { names.lastIndex(named: $0) }
    // A shorter end is another folder, unless the owner's id is in it.
    let last = ownersPlace ?? (isWhole ? 0 : -1)
    for start in 0..<max(last + 1, 0) {
      let end = names[start...].joined(separator: "/")
      for root in roots {
        if let real = FolderListing.realPath("\(root)/\(end)"), isWithinRoots(real) { return real }
      }
    }
    return nil
  }

  private func isWithinRoots(_ real: String) -> Bool {
    roots.contains { real.hasSameBytes(as: $0) || real.utf8.starts(with: "\($0)/".utf8) }
  }

  /// A folder's files, or the one file that the path is.
  private func files(of path: String) throws(ForeignError) -> ForeignFiles {
    guard case .file(let size)? = FolderListing.kind(of: path) else { return try FolderListing.files(below: path) }
    var one = ForeignFiles()
    one.files = [ForeignFile(name: path.pathName, path: path, size: size)]
    return one
  }

  private static func location(_ text: String) -> Location {
    func names(_ path: Substring) -> [String] {
      path.utf8.split(separator: 0x2f).map { String(Substring($0)) }.filter { $0 != "." }
    }
    let bytes = text.utf8
    guard let colon = bytes.firstIndex(of: 0x3a), bytes[..<colon].allSatisfy({ $0 != 0x2f }) else {
      return .path(names(text[...]), isAbsolute: bytes.first == 0x2f)
    }
    var rest = text[bytes.index(after: colon)...]
    // `//host` goes.
    if rest.utf8.starts(with: "//".utf8) {
      let afterHost = rest.utf8.dropFirst(2)
      rest = afterHost.firstIndex(of: 0x2f).map { rest[$0...] } ?? ""
    }
    switch text[..<colon].lowercased() {
    case "file": return .path(names(percentDecoded(rest)), isAbsolute: true)
    case "mlflow-artifacts": return .served(names(rest))
    default: return .remote
    }
  }

  private static func percentDecoded(_ text: Substring) -> Substring {
    var decoded: [UInt8] = []
    var rest = Array(text.utf8)[...]
    func digit(_ byte: UInt8) -> UInt8? { Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init) }
    while let byte = rest.popFirst() {
      if byte == 0x25, rest.count >= 2, let high = digit(rest[rest.startIndex]), let low = digit(rest[rest.startIndex + 1]) {
        decoded.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        decoded.append(byte)
      }
    }
    return String(validating: decoded, as: UTF8.self).map { $0[...] } ?? text
  }
}

extension BidirectionalCollection<String> {
  /// Where the last of these names stands that has the bytes of `name`.
  func lastIndex(named name: String) -> Index? { lastIndex { $0.hasSameBytes(as: name) } }
}
