import Foundation
import TestSupport
import Testing

/// Files that can't be a registry, and registries that are taken away: said at once, with an exit code, and without a signal's death.
@Suite("a file that can't be used")
struct UnusableFileTests {
  static let readers = [
    "list", "show 1", "predict --version 1", "evaluate --version 1", "compare 1 2", "verify", "sql 'SELECT 1'", "alias list", "tag 1 a=b",
    "dataset list", "export 1 -o out.pt", "backup copy.db", "gc", "delete 1", "migrate", "train --epochs 1", "reproduce 1",
  ]

  @Test("A pipe is no registry: nothing waits for it", arguments: readers)
  func pipe(command: String) throws {
    let program = try Program()
    let result = try program.shell("mkfifo pipe && timeout 120 \"$registry\" \(command) --db pipe")
    #expect(result.status == 65)
    #expect(result.stderr == "Error: 'pipe' is not a registry: it isn't a SQLite database.\n")
  }

  @Test("A pipe is nothing to merge either")
  func mergedPipe() throws {
    let program = try Program(copying: Shared.tutorial().program)
    let result = try program.shell("mkfifo pipe && timeout 120 \"$registry\" merge pipe")
    #expect(result.status == 65)
    #expect(result.stderr == "Error: 'pipe' is not a registry: it isn't a SQLite database.\n")
  }

  /// A folder below the program's, so that a file `r.db` in it has a path of so many bytes.
  private func folder(_ program: Program, bytes: Int) throws -> String {
    let base = try program.command(["pwd", "-P"]).lines[0]
    var rest = bytes - base.utf8.count - "/r.db".utf8.count
    var path = ""
    while rest > 0 {
      // Not to leave a rest of one byte, which has no room for a name.
      let length = rest - 101 == 1 ? 99 : min(rest - 1, 100)
      path += "/" + String(repeating: "d", count: length)
      rest -= length + 1
    }
    return String(path.dropFirst())
  }

  @Test("A path of 504 bytes works, with more it is refused before anything is trained", arguments: [504, 505, 700])
  func longPath(bytes: Int) throws {
    let program = try Program()
    let folder = try folder(program, bytes: bytes)
    #expect(try program.command(["mkdir", "-p", folder]).status == 0)
    let trained = try program("train", "--epochs", "3", "--db", "\(folder)/r.db")
    // From within the folder too, where the name is short.
    let listed = try program.shell(
      "cd \(folder) && \"$registry\" train --epochs 3 --db r.db >out && \"$registry\" list --db r.db --format csv")
    if bytes <= 504 {
      #expect(trained.status == 0 && listed.status == 0, "\(trained.stderr)\(listed.stderr)")
      #expect(listed.lines.count == 3)
    } else {
      let problem = "can't be a registry: its whole path has \(bytes) bytes, SQLite takes 504."
      #expect(trained.status == 74 && trained.stdout == "" && trained.stderr.hasPrefix("Error: '\(folder)/r.db' \(problem)\n"))
      #expect(listed.status == 74 && listed.stderr.hasPrefix("Error: 'r.db' \(problem)\n"))
    }
  }

  /// What is begun with files that may have 16 KiB more than the registry has, or 100 KiB in all for a new file.
  static let writers = [
    "train --epochs 0 --hidden 300,300", "import big.safetensors", "merge other.db", "train --epochs 0 --db new.db", "backup copy.db",
    "export 1 --db other.db -o out.safetensors",
  ]

  @Test("A file that may not grow (ulimit -f) is said with exit 74, and all stays as it was", arguments: writers.indices)
  func limit(index: Int) throws {
    let program = try Program()
    #expect(try program("train", "--epochs", "3", "--quiet").status == 0)
    #expect(try program("train", "--epochs", "3", "--hidden", "300,300", "--quiet", "--db", "other.db").status == 0)
    #expect(try program("export", "1", "-o", "big.safetensors", "--db", "other.db").status == 0)
    let before = try program.files()
    let limit = index < 3 ? (before["registry.db"]?.count ?? 0) / 1024 + 16 : 100
    let result = try program.command(
      ["bash", "-c", "ulimit -f \(limit); \"$registry\" \(Self.writers[index])"], environment: ["registry": Program.path()])
    #expect(result.status == 74, "\(result)")
    #expect(result.errorLine.contains(index < 5 ? " may not grow any more" : "File too large"), "\(result.errorLine)")
    // A new file may be there with nothing in it.
    #expect(try program.files().filter { $0.value.count > 0 } == before)
    #expect(try program(Self.writers[index].split(separator: " ").map(String.init)).status == 0, "and without the limit it works")
  }

  @Test("A folder that is removed in mid-training ends it with exit 74 and in words")
  func removedFolder() throws {
    let program = try Program()
    let script = """
      mkdir d; "$registry" train --db d/r.db --epochs 100000000 --quiet >output 2>error &
      while kill -0 $! && ! [ -s d/r.db ]; do sleep 0.05; done
      rm -rf d 2>rest; wait $!
      """
    #expect(try program.shell(script).status == 74)
    let error = String(decoding: try program.files()["error"] ?? Data(), as: UTF8.self)
    #expect(error == "Error: d/r.db was moved or removed while it was in use.\n  hint: ls -l d/r.db\n")
  }
}
