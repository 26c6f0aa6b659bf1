import TestSupport
import Testing

/// `registry tag`, `note` and `rename`, on a copy of the tutorial's three versions.
struct TagCommandTests {
  private let program: Program

  init() throws { program = try Program(copying: Shared.tutorial().program) }

  @Test("tags are set, shown and removed, and what is written as a number is one")
  func tags() throws {
    let set = try program("tag", "3", "stage=production", "priority=2", "rate=1e-3", "id=007", "url=a=b", "empty=")
    #expect(
      set.lines == [
        "neural-net/3", "  empty     ", "  id        007", "  priority  2", "  rate      0.001", "  stage     production",
        "  url       a=b",
      ])
    #expect(try program("tag", "3") == set)
    let json = try program("tag", "3", "--remove", "url", "--remove", "empty", "--format", "json").json()
    #expect(json == .object(["subject": "neural-net/3", "tags": ["id": "007", "priority": 2, "rate": 0.001, "stage": "production"]]))
    let shown = try program("show", "3", "--format", "json").json()
    #expect(shown.tags == json.tags && shown.run_tags == .object([:]))
    #expect(try program("show", "3").stdout.contains("\ntags\n  id        007\n"))
    let sql = "SELECT group_concat(key || ' ' || typeof(value)) FROM version_tags"
    #expect(try program.command(["sqlite3", "registry.db", sql]).stdout == "id text,priority integer,rate real,stage text\n")
  }

  @Test("runs and models have tags of their own")
  func subjects() throws {
    #expect(try program("tag", "--run", "3", "sweep=lr").stdout == "run 3\n  sweep  lr\n")
    #expect(try program("tag", "--model", "neural-net", "team=x", "--format", "csv").stdout == "key,value\nteam,x\n")
    #expect(try program("show", "--run", "3", "--format", "json").json().tags == ["sweep": "lr"])
    #expect(try program("show", "3", "--format", "json").json().run_tags == ["sweep": "lr"])
    #expect(try program("show", "3").stdout.contains("\ntags of run 3\n  sweep  lr\n"))
    let none = try program("tag", "3", "--model", "neural-net")
    #expect(none.stdout == "" && none.stderr == "neural-net/3 has no tags.\n")
  }

  @Test("notes are written, shown with date and author, and removed from the newest on; a version's are its run's")
  func notes() throws {
    #expect(try program("note", "3", "converged early").stdout == "Noted on run 3 (neural-net/3)\n")
    let shown = try program("note", "3").lines
    #expect(shown.count == 2 && shown[0].wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, .+@.+/) != nil && shown[1] == "  converged early")
    #expect(try program("show", "3", "--format", "json").json().note == "converged early")
    #expect(try program("show", "3").stdout.contains("\n  note        converged early\n"))
    #expect(try program("list", "runs", "--format", "json").json().array.first?.note == "converged early")
    #expect(try program("note", "--model", "neural-net", "the tutorial").stdout == "Noted on model neural-net\n")
    #expect(try program("list", "models", "--format", "json").json().array.first?.note == "the tutorial")
    #expect(try program("note", "--dataset", "blobs-seed0", "four blobs", "--format", "json").json().subject == "dataset blobs-seed0")
    #expect(try program("dataset", "show", "blobs-seed0", "--format", "json").json().note == "four blobs")
    #expect(try program("note", "3", "a second\nof two lines").status == 0)
    let both = try program("note", "--run", "3", "--format", "json").json()
    #expect(both.note == "a second\nof two lines" && both.notes?.array.map { $0.text } == ["converged early", "a second\nof two lines"])
    #expect(try program("note", "3").lines.filter { $0.hasPrefix("  ") } == ["  converged early", "  a second", "  of two lines"])
    let removed = try program("note", "--run", "3", "")
    #expect(removed.stdout == "Removed the newest note of run 3: 1 is left\n")
    #expect(try program("show", "3", "--format", "json").json().note == "converged early")
    #expect(try program("note", "--run", "3", "").stdout == "Removed the note of run 3\n")
    let none = try program("note", "3", "--model", "neural-net", "--format", "json")
    #expect(none.status == 64, "3 may be the version or the text")
    #expect(try program("note", "neural-net/3").stderr == "run 3 (neural-net/3) has no note.\n")
  }

  @Test("a model that is renamed keeps its versions, aliases and their history")
  func rename() throws {
    _ = try program("alias", "set", "champion", "2")
    #expect(try program("rename", "neural-net", "tutorial").stdout == "Renamed neural-net to tutorial\n")
    #expect(try program("show", "tutorial@champion", "--format", "json").json().version == 2)
    #expect(try program("rename", "tutorial", "tutorial", "--format", "json").json().renamed == false)
    #expect(try program("train", "--epochs", "1", "--model", "tutorial", "--format", "json").json().version == 4)
    #expect(try program("train", "--epochs", "1", "--format", "json").json().version == 1)
    try Refusal(
      "rename", "tutorial", "neural-net", code: 65, error: "there is a model 'neural-net' in registry.db already.",
      hint: "registry list models --db registry.db"
    ).check(in: program)
  }

  static let refusals: [Refusal] = [
    Refusal("tag", code: 64, error: "tag needs a version, --run, --model or --experiment.", hint: "registry tag latest stage=production"),
    Refusal("tag", "3", "stage", code: 64, error: "'stage' isn't a tag: it has no '='.", hint: "registry tag 3 stage=yes"),
    Refusal(
      "tag", "neural-net/3", "draft", code: 64, error: "'draft' isn't a tag: it has no '='.", hint: "registry tag neural-net/3 draft=yes"),
    Refusal(
      "tag", "--run", "3", "a=1", "b c", code: 64, error: "'b c' isn't a tag: it has no '='.", hint: "registry tag --run 3 'b c'=yes"),
    Refusal("tag", "3", "=x", code: 64, error: "'' can't name a tag: a key has 1 to 200 characters."),
    Refusal("tag", "3", "a=1", "a=2", code: 64, error: "'a' is named twice."),
    Refusal("tag", "3", "--run", "3", code: 64, error: "a version ('3') and --run exclude each other."),
    Refusal("tag", "3", "--remove", "x", code: 66, error: "neural-net/3 has no tag 'x' in registry.db (it has none)."),
    Refusal("tag", "--run", "9", "a=1", code: 66, error: "no run 9 in registry.db (newest is 3)."),
    Refusal(
      "note", code: 64, error: "note needs a version, --run, --model, --dataset or --experiment.", hint: "registry note latest \"a text\""),
    Refusal("note", "3", "two", "words", code: 64, error: "'words' is one argument too many: a text with spaces stands in quotes."),
    Refusal(
      "note", "--model", "neural-net", "3", code: 64, error: "'3' with '--model neural-net' may be a version or a text.",
      hint: "registry note neural-net/3"),
    Refusal(
      "note", "--dataset", "x", "y", code: 66,
      error: "no dataset 'x' in registry.db (there is 'blobs-seed42', 'blobs-seed1', 'blobs-seed0')."),
    Refusal("rename", "neural-net", "a/b", code: 64, error: "'a/b' can't name a model: a name has no slash, at sign or colon."),
    Refusal("rename", "x", "y", code: 66, error: "no model 'x' in registry.db (there is 'neural-net')."),
  ]

  @Test("what makes no sense is refused", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: program) }
}
