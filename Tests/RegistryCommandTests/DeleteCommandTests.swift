import Foundation
import TestSupport
import Testing

/// `registry delete`, `restore` and `gc`, on a copy of the tutorial's three versions.
struct DeleteCommandTests {
  private let program: Program

  init() throws { program = try Program(copying: Shared.tutorial().program) }

  private func versions(_ arguments: String...) throws -> [Double] {
    try program(["list", "--format", "json"] + arguments).json().array.compactMap { $0.version?.number }
  }

  @Test("a deleted version is hidden, named by its error with the command that restores it, and comes back")
  func versions() throws {
    #expect(try program("delete", "1", "2").stdout == "Deleted neural-net/1\nDeleted neural-net/2\n")
    #expect(try versions() == [3])
    let all = try program("list", "--all", "--format", "json").json().array
    #expect(all.map { $0.deleted_at?.string != nil } == [false, true, true])
    for command in [["show", "1"], ["predict", "--version", "1"], ["evaluate", "--version", "1"], ["alias", "set", "a", "1"]] {
      let result = try program(command)
      #expect(result.status == 66)
      #expect(
        result.stderr == """
          Error: version 1 of 'neural-net' in registry.db is deleted.
            hint: registry restore neural-net/1 --db registry.db

          """)
    }
    #expect(try program("delete", "1").stdout == "neural-net/1 was deleted already\n")
    #expect(try program("restore", "1", "3").stdout == "Restored neural-net/1\nneural-net/3 was not deleted\n")
    #expect(try versions() == [3, 1])
    #expect(try program("restore", "2", "--format", "json").json() == [["model": "neural-net", "version": 2, "restored": true]])
  }

  @Test("a run whose version has an alias gets a hint that can be run")
  func aliasedRun() throws {
    #expect(try program("alias", "set", "champion", "1").status == 0)
    let hint = "registry alias remove neural-net@champion --db registry.db && registry delete neural-net/1 --run 1 --db registry.db"
    try Refusal(
      "delete", "--run", "1", code: 65, error: "cannot delete run 1 in registry.db: it has the version neural-net/1.", hint: hint
    ).check(in: program)
    let result = try program.shell(hint.replacing("registry ", with: "\"$registry\" "))
    #expect(result.status == 0 && result.stdout.hasSuffix("Deleted neural-net/1\nDeleted run 1\n"), "\(result.stdout)\(result.stderr)")
  }

  @Test("runs are deleted with their versions or without any, and all that is named, or none")
  func runs() throws {
    try Refusal(
      "delete", "2", "--run", "1", code: 65, error: "cannot delete run 1 in registry.db: it has the version neural-net/1.",
      hint: "registry delete neural-net/1 --run 1 --db registry.db"
    ).check(in: program)
    #expect(try program("delete", "1", "2", "--run", "1", "2", "--format", "csv").lines.count == 5)
    #expect(try program("list", "runs", "--format", "json").json().array.count == 1)
    #expect(
      try program("list", "runs", "--all", "--format", "json").json().array.map { $0.deleted_at?.string != nil } == [false, true, true])
    #expect(try program("show", "--run", "1").stdout.contains("deleted_at"))
    #expect(try program("restore", "1").stdout == "Restored run 1\nRestored neural-net/1\n")
    #expect(try program("restore", "--run", "2").stdout == "Restored run 2\n")
  }

  @Test("a version that an alias points to stays, and the hint promotes no other version")
  func aliased() throws {
    _ = try program("alias", "set", "champion", "3")
    try Refusal(
      "delete", "1", "champion", code: 65,
      error: "cannot delete 'neural-net/3' in registry.db: the alias 'champion' points to it.",
      hint: "registry alias remove neural-net@champion --db registry.db"
    ).check(in: program)
    #expect(try program.shell("$registry alias set neural-net@champion neural-net/2 --db registry.db").status == 0)
    #expect(try program("delete", "3", "1").status == 0)
    try Refusal(
      "delete", "2", code: 65, error: "cannot delete 'neural-net/2' in registry.db: the alias 'champion' points to it.",
      hint: "registry alias remove neural-net@champion --db registry.db"
    ).check(in: program)
  }

  @Test("gc --dry-run tells what gc then does; what is removed stays gone, and its number is never given again")
  func garbage() throws {
    #expect(try program("delete", "3", "--run", "3").status == 0)
    let before = try program.files()
    let told = try program("gc", "--dry-run", "--format", "json").json()
    #expect(try program.files() == before)
    let done = try program("gc", "--no-vacuum", "--format", "json").json()
    for key in told.keys.subtracting(["dry_run"]) { #expect(told[key] == done[key], "\(key)") }
    #expect(done.versions == 1 && done.runs == 1 && done.tensors == 4 && done.metrics == 2002 && done.unused_datasets == ["blobs-seed42"])
    #expect((done.bytes?.number ?? 0) > 50_000)
    let again = try program("gc", "--no-vacuum")
    #expect(again.stdout == "Nothing to remove\n")
    #expect(again.stderr.contains("hint: registry gc --datasets --db registry.db"))
    let gone = "version 3 of 'neural-net' in registry.db is gone: it was deleted, and gc has removed it."
    for command in ["restore", "show", "delete"] { try Refusal(command, "3", code: 66, error: gone).check(in: program) }
    try Refusal("restore", "--run", "3", code: 66, error: "no run 3 in registry.db (newest is 2).").check(in: program)
    let next = try program("train", "--epochs", "1", "--format", "json").json()
    #expect(next.version == 4 && next.run == 4)
  }

  @Test("gc --datasets lets go of the datasets that no run uses, and lists them before")
  func datasets() throws {
    try program.folder.write("rows.csv", "a,b,y\n" + (0..<20).map { "\($0),\($0 % 7),\($0 % 2)\n" }.joined())
    #expect(try program("dataset", "add", "rows.csv", "--target", "y", "--name", "rows").status == 0)
    #expect(try program("delete", "3", "--run", "3").status == 0)
    let kept = try program("gc", "--dry-run", "--format", "json").json()
    #expect(kept.datasets == 0 && kept.removed_datasets == .array([]))
    #expect(kept.unused_datasets == .array([.string("blobs-seed42"), .string("rows")]))
    let before = try program.files()
    let told = try program("gc", "--datasets", "--dry-run")
    #expect(told.lines.suffix(2) == ["  dataset blobs-seed42", "  dataset rows"])
    #expect(try program.files() == before)
    // A deleted run that stays keeps its dataset.
    #expect(try program("gc", "--datasets", "--older-than", "1", "--dry-run", "--format", "json").json().removed_datasets == ["rows"])
    let done = try program("gc", "--datasets", "--no-vacuum", "--format", "json").json()
    #expect(done.datasets == 2 && done.removed_datasets == ["blobs-seed42", "rows"] && done.unused_datasets == .array([]))
    #expect(try program("list", "datasets", "--format", "json").json().array.map(\.dataset) == ["blobs-seed1", "blobs-seed0"])
    #expect(try program("verify").status == 0)
  }

  @Test("gc makes the file smaller, and what is left is whole")
  func vacuum() throws {
    #expect(try program("delete", "2", "3", "--run", "2", "3").status == 0)
    for name in ["blobs-seed1", "blobs-seed42"] {
      #expect(try program.command(["sqlite3", "registry.db", "DELETE FROM dataset_names WHERE name = '\(name)'"]).status == 0)
    }
    let size = try program.files()["registry.db"]?.count ?? 0
    let result = try program("gc")
    #expect(result.lines.first?.hasPrefix("Removed 2 versions, 2 runs, 2 datasets, 16 tensors: about ") == true)
    #expect(result.lines.last?.hasPrefix("registry.db: ") == true)
    #expect(try (program.files()["registry.db"]?.count ?? 0) < size * 9 / 10)
    #expect(try program.files().count == 1)
    let checks = "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA page_size; PRAGMA application_id"
    #expect(try program.command(["sqlite3", "registry.db", checks]).stdout == "ok\n16384\n1836213607\n")
    #expect(try program("predict", "--version", "1", "-1", "1") == Shared.tutorial().program("predict", "--version", "1", "-1", "1"))
  }

  @Test("trainings and gc at once: none fails, none is lost")
  func atOnce() throws {
    let train = "for i in 1 2 3 4; do $registry train --epochs 200 --seed $i --quiet >/dev/null || echo failed; done"
    let clean = "for i in 1 2 3 4 5 6; do $registry gc >/dev/null 2>&1 || echo failed; done"
    #expect(try program("delete", "2", "3", "--run", "2", "3").status == 0)
    let result = try program.shell("(\(train)) & (\(train)) & (\(clean)); wait")
    #expect(result.stdout == "" && result.stderr == "")
    #expect(try versions() == [11, 10, 9, 8, 7, 6, 5, 4, 1])
    for version in try versions() { #expect(try program("show", "\(Int(version))").status == 0) }
    #expect(try program.command(["sqlite3", "registry.db", "PRAGMA integrity_check; PRAGMA foreign_key_check"]).stdout == "ok\n")
  }

  static let refusals: [Refusal] = [
    Refusal("delete", code: 64, error: "delete needs a version, --run or --experiment.", hint: "registry delete --help"),
    Refusal("delete", "9", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3)."),
    Refusal("restore", code: 64, error: "restore needs a version, --run or --experiment.", hint: "registry restore --help"),
    Refusal("gc", "--older-than", "-1", code: 64, error: "'--older-than -1': it has to be between 0 and 1000000 days."),
    Refusal("gc", "--db", "no.db", code: 66, error: "there is no registry 'no.db'."),
  ]

  @Test("what makes no sense is refused", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: program) }

  @Test(
    "each command has help with its options and an example",
    arguments: [
      "alias set", "alias list", "alias history", "alias rollback", "alias remove", "tag", "note", "rename", "delete", "restore", "gc",
    ])
  func help(command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let result = try program(words + ["--help"])
    #expect(result.status == 0 && result.stderr == "")
    for option in ["--format", "--db"] { #expect(result.lines.contains { $0.hasPrefix("  \(option)") }, "\(option)") }
    #expect(result.lines.contains { $0.hasPrefix("registry \(command) ") }, "an example")
  }
}
