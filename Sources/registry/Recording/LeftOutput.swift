import Files
import ModelRegistry
import Tensors

#if canImport(Glibc)
import Glibc
#endif

/// The output of a command whose `registry run` was killed: it lies beside the registry until somebody stores it with the run.
final class LeftOutput {
  private let file: Int32
  private let path: String

  /// Nil where there is none, and where somebody still writes it.
  private init?(_ path: String) {
    self.path = path
    file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return nil }
    var status = stat()
    // Another process may have stored it between the two.
    guard flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink > 0 else {
      return nil
    }
  }

  deinit { if file >= 0 { close(file) } }

  /// Where the output of a run lies; nil where none does.
  static func path(of uuid: String, besides registry: String) -> String? {
    let path = OutputSpool.path(besides: registry, uuid: uuid)
    guard let left = LeftOutput(path), left.age.bytes > 0 else { return nil }
    return path
  }

  private var age: (bytes: Int, seconds: Int) {
    var status = stat()
    guard fstat(file, &status) == 0 else { return (0, 0) }
    return (Int(status.st_size), time(nil) - status.st_mtim.tv_sec)
  }

  /// Stores all that lie beside a registry, and says so; what can't be stored now stays for the next time.
  ///
  /// - Parameter removesUnknown: whether those that no run of the registry has are removed, an hour after they were last written.
  static func store(in registry: Registry, removesUnknown: Bool = false) {
    let prefix = OutputSpool.prefix(besides: registry.path)
    let runs = names(in: prefix.pathFolder).compactMap { name -> String? in
      guard name.hasPrefix(prefix.pathName), name.hasSuffix(".log") else { return nil }
      let uuid = name.dropFirst(prefix.pathName.count).dropLast(4)
      return uuid.utf8.count == 36 ? String(uuid) : nil
    }
    for uuid in runs {
      guard let left = LeftOutput(OutputSpool.path(besides: registry.path, uuid: uuid)),
        let run = left.store(uuid, in: registry, removesUnknown: removesUnknown)
      else { continue }
      Streams.note("Stored the output of run \(run), whose recording was killed, as its output.log")
    }
  }

  /// The number of the run that has it now.
  private func store(_ uuid: String, in registry: Registry, removesUnknown: Bool) -> Int? {
    guard let known = try? registry.knownRun(uuid: uuid) else {
      if removesUnknown, age.seconds > 3600 { unlink(path) }
      return nil
    }
    guard !known.isDeleted else { return nil }
    if age.bytes > 0, (try? registry.add(files: [("/proc/self/fd/\(file)", "output.log")], toRun: known.run)) == nil { return nil }
    unlink(path)
    return age.bytes > 0 ? known.run : nil
  }

  private static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if let name = String(validating: name, as: UTF8.self) { names.append(name) }
    }
    return names
  }
}
