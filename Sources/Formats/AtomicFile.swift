internal import Files
internal import Glibc

/// A file that appears whole or not at all.
///
/// The bytes go to a file without a name in the same folder, which the system removes with the process, however that ends; `commit`
/// syncs it, gives it its name and syncs the folder.  Where the file system has no such files, it is a temporary one, which is removed
/// without a commit.  A symbolic link at the path is replaced, not followed.
public struct AtomicFile: ~Copyable, ByteSink {
  private let path: String
  /// The name of the file until it is complete; of one without a name, that under which it takes the place of another.
  private let temporaryPath: String
  private let replacesExisting: Bool
  private let isNameless: Bool
  private var descriptor: Int32

  /// Throws at once when the path exists and is not to be replaced.
  public init(path: String, replacingExisting: Bool = false) throws(FormatError) {
    try self.init(path: path, replacingExisting: replacingExisting, nameless: true)
  }

  /// A test tells it to do without files that have no name.
  init(path: String, replacingExisting: Bool, nameless: Bool) throws(FormatError) {
    try Self.check(path, replacingExisting)
    let file = try Self.open(besides: path, nameless: nameless)
    self.path = path
    replacesExisting = replacingExisting
    descriptor = file.descriptor
    temporaryPath = file.temporaryPath
    isNameless = file.isNameless
  }

  private static func check(_ path: String, _ replacingExisting: Bool) throws(FormatError) {
    var status = stat()
    // What a link leads to counts: /dev/stdout is a link to a device, and neither is to be replaced by a file.
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw FormatError(file: path, reason: .file(status.st_mode & S_IFMT == S_IFDIR ? .isDirectory : .notRegular))
    }
    if unsafe lstat(path, &status) == 0, !replacingExisting { throw FormatError(file: path, reason: .file(.alreadyExists)) }
  }

  private static func open(besides path: String, nameless: Bool) throws(FormatError)
    -> (descriptor: Int32, temporaryPath: String, isNameless: Bool)
  {
    // It gets its name through /proc.
    if nameless, access("/proc/self/fd", X_OK) == 0 {
      let descriptor = Glibc.open(path.pathFolder, O_WRONLY | temporaryFile | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (descriptor, NewFile.temporaryPath(besides: path), true) }
    }
    // A name that no other writer has; created only if it is new.
    for _ in 0..<100 {
      let temporaryPath = NewFile.temporaryPath(besides: path)
      let descriptor = Glibc.open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (descriptor, temporaryPath, false) }
      if errno != EEXIST { break }
    }
    throw error(errno, path)
  }

  /// O_TMPFILE, which the Swift importer doesn't see: it is made of two flags.
  private static let temporaryFile: Int32 = 0o20000000 | O_DIRECTORY

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    if !isNameless { unlink(temporaryPath) }
  }

  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var sink = DescriptorSink(descriptor, name: path)
    unsafe try sink.write(bytes)
  }

  /// Makes the file appear.  Until this returns, the path is what it was.
  public consuming func commit() throws(FormatError) {
    guard fsync(descriptor) == 0 else { throw Self.error(errno, path) }
    let result = isNameless ? nameIt() : NewFile.place(temporaryPath, at: path, replacing: replacesExisting)
    guard result == 0 else { throw Self.error(errno, path) }
    close(descriptor)
    descriptor = -1
    guard NewFile.syncFolder(of: path) == 0 else { throw Self.error(errno, path) }
  }

  /// Gives the file without a name the path, or a name under which it can take the path's place.
  private func nameIt() -> Int32 {
    let target = replacesExisting ? temporaryPath : path
    guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0 else { return -1 }
    guard replacesExisting else { return 0 }
    if rename(temporaryPath, path) == 0 { return 0 }
    let code = errno
    unlink(temporaryPath)
    errno = code
    return -1
  }

  private static func error(_ code: Int32, _ path: String) -> FormatError {
    switch code {
    case EEXIST: FormatError(file: path, reason: .file(.alreadyExists))
    case ENOENT, ENOTDIR: FormatError(file: path, reason: .file(.noSuchFile))
    default: FormatError(file: path, reason: .file(.unwritable(code: code, message: unsafe String(cString: strerror(code)))))
    }
  }
}
