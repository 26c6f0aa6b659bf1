internal import Glibc

extension Registry {
  /// Who moves an alias, as its history says: the login name of this process's user and the host, `ada@workshop`.
  public static func currentActor() -> String {
    let host = ProcessIdentity.current.host
    return currentUser() + (host.isEmpty ? "" : "@\(host)")
  }

  /// The login name of this process's user.  Looked up once: it may be asked of a directory on the network, and no lock is held for that.
  public static func currentUser() -> String { user }

  private static let user: String = {
    let user = getuid()
    var entry = passwd()
    var result: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 4096)
    // A container may have no such user: its number names it.  The name stands in the buffer, so it is read while that stays in place.
    let name = buffer.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let start = buffer.baseAddress, getpwuid_r(user, &entry, start, buffer.count, &result) == 0, result != nil else { return nil }
      return entry.pw_name.map { String(cString: $0) }
    }
    return name ?? "uid \(user)"
  }()
}
