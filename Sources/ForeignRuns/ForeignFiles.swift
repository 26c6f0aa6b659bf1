/// The files of a run or a version, or why there are none.
public struct ForeignFiles: Sendable {
  /// Why what the source names isn't read.
  public enum Absence: Hashable, Sendable {
    /// It isn't on this machine: `s3://bucket/…`.
    case remote(String)
    /// Nothing is there.
    case missing(String)
    /// It is there, but in no folder that was given: the source alone doesn't decide which files of this machine are read.
    case outside(String)
  }

  public var files: [ForeignFile] = []
  public var absence: Absence?
  /// Links and devices among them, by their names: they are left out.
  public var skipped: [String] = []

  public init() {}
}

/// A file on this machine.
public struct ForeignFile: Sendable, Hashable {
  /// Its path among the artifacts: `model/MLmodel`.
  public let name: String
  /// Where it stands.
  public let path: String
  /// Bytes.
  public let size: Int
  /// When it was last written to, in milliseconds since 1970.
  public var modified: Int64? { FolderListing.modified(path) }

  public init(name: String, path: String, size: Int) {
    self.name = name
    self.path = path
    self.size = size
  }
}
