internal import Glibc

/// A file that appears whole or not at all.
///
/// The bytes go to a temporary file in the same folder; `commit` syncs it, renames it and syncs the folder.  Without a
/// commit the temporary file is removed.  A symbolic link at the path is replaced, not followed.
public struct AtomicFile: ~Copyable, ByteSink {
  private let path: String
  private let temporaryPath: String
  private let replacesExisting: Bool
  private var descriptor: Int32

  /// Throws at once when the path exists and is not to be replaced.
  public init(path: String, replacingExisting: Bool = false) throws(FormatError) {
    var status = stat()
    // What a link leads to counts: /dev/stdout is a link to a device, and neither is to be replaced by a file.
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw FormatError(file: path, reason: .file(status.st_mode & S_IFMT == S_IFDIR ? .isDirectory : .notRegular))
    }
    if unsafe lstat(path, &status) == 0 {
      if !replacingExisting { throw FormatError(file: path, reason: .file(.alreadyExists)) }
    }
    // A name that no other writer has; created only if it is new.
    var descriptor: Int32 = -1
    var temporaryPath = ""
    for _ in 0..<100 {
      temporaryPath =
        "\(Self.folder(of: path))/.\(Self.fileName(of: path).prefix(64)).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
      descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 || errno != EEXIST { break }
    }
    guard descriptor >= 0 else { throw Self.error(errno, path) }
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
    replacesExisting = replacingExisting
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporaryPath)
  }

  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var sink = DescriptorSink(descriptor, name: path)
    unsafe try sink.write(bytes)
  }

  /// Makes the file appear.  Until this returns, the path is what it was.
  public consuming func commit() throws(FormatError) {
    guard fsync(descriptor) == 0 else { throw Self.error(errno, path) }
    let result = replacesExisting ? rename(temporaryPath, path) : renameExclusively()
    guard result == 0 else { throw Self.error(errno, path) }
    close(descriptor)
    descriptor = -1
    let folder = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw Self.error(errno, path) }
    defer { close(folder) }
    guard fsync(folder) == 0 || errno == EINVAL else { throw Self.error(errno, path) }
  }

  /// A second link fails when the name is taken, even since we looked; a rename would replace.
  private func renameExclusively() -> Int32 {
    if link(temporaryPath, path) == 0 { return unlink(temporaryPath) }
    // Some file systems have no links: there, the look and the rename are two steps.
    guard [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(errno) else { return -1 }
    if access(path, F_OK) == 0 {
      errno = EEXIST
      return -1
    }
    return rename(temporaryPath, path)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func fileName(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }

  private static func error(_ code: Int32, _ path: String) -> FormatError {
    switch code {
    case EEXIST: FormatError(file: path, reason: .file(.alreadyExists))
    case ENOENT, ENOTDIR: FormatError(file: path, reason: .file(.noSuchFile))
    default: FormatError(file: path, reason: .file(.unwritable(code: code, message: unsafe String(cString: strerror(code)))))
    }
  }
}
