import ModelRegistry
import Testing

@testable import registry

struct SafetyWordingTests {
  @Test("a value of any length is cut in the middle")
  func long() {
    let report = ErrorReport("'\(String(repeating: "a", count: 100_000))' names no version.", hint: "registry list", .usage)
    #expect(report.text.count < 3100 && report.text.hasPrefix("Error: 'aaa"))
    #expect(report.text.contains("…") && report.text.hasSuffix("aaa' names no version.\n  hint: registry list"))
  }

  @Test("a copy that can't be written points to its folder, not to the room on the disk")
  func unwritable() {
    let denied = ErrorReport(StoreError.cannotWrite(path: "a b/x.db", problem: "Permission denied"))
    #expect(denied.hint == "ls -ld 'a b'" && denied.message == "cannot write 'a b/x.db': Permission denied.")
    #expect(ErrorReport(StoreError.diskFull(path: "a b/x.db")).hint == "df -h 'a b'")
  }

  @Test("an older schema gets a hint that can be run, a network file system a warning")
  func words() {
    let report = ErrorReport(StoreError.olderSchema(path: "a b.db", found: 1, known: 2))
    #expect(
      report.text == "Error: a b.db has migration 1, this program needs 2.\n  hint: registry migrate --db 'a b.db'"
        && report.code == .badData)
    #expect(DatabaseOption.warning(networkFileSystem: nil, path: "r.db") == nil)
    #expect(
      DatabaseOption.warning(networkFileSystem: "NFS", path: "r.db")?.hasPrefix("Warning: r.db is on a network file system (NFS)") == true)
  }
}
