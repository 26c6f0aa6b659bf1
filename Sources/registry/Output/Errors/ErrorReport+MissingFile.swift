import Files
import ModelRegistry
import Tensors

#if canImport(Glibc)
import Glibc
#endif

extension ErrorReport {
  /// What is said of a registry that isn't there: a path may be mistyped, so those are named that stand in its folder.
  ///
  /// - Parameters:
  ///   - use: what stands before another path on the command line.
  ///   - making: the command that would make a registry there, where that helps.
  ///   - other: a registry that isn't meant.
  init(missingRegistry path: String, use: String = "--db", making: String?, not other: String? = nil) {
    let folder = path.pathPrefix
    guard access(folder.isEmpty ? "." : folder, F_OK) == 0 else {
      self.init(
        "there is no registry '\(path)': there is no folder '\(folder.dropLast())'.", hint: "\(use) PATH names another file", .notFound)
      return
    }
    let near = Registry.databases(inFolder: folder).filter { name in other.map { !$0.hasSameBytes(as: folder + name) } ?? true }
    let hint =
      if let meant = nearest(to: path.pathName, among: near) {
        "did you mean \(use) \((folder + meant).quotedForShell)?"
      } else if near.isEmpty {
        making.map { "\($0) makes one" } ?? "\(use) PATH names another file"
      } else {
        near.prefix(3).map { "\(use) \((folder + $0).quotedForShell)" }.joined(separator: ", or ")
          + (near.count > 3 ? ", … (there are \(near.count))" : "")
      }
    self.init("there is no registry '\(path)'.", hint: hint, .notFound)
  }
}
