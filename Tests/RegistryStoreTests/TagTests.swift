import StoreTestSupport
import Testing

@testable import RegistryStore

@Suite("tags and notes")
struct TagTests {
  private let synthetic: Synthetic
  private var registry: Registry { synthetic.registry }

  init() throws {
    synthetic = try Synthetic()
    try synthetic.version()
  }

  static let subjects: [TagSubject] = [.version(VersionName(model: "neural-net", .latest)), .run(1), .model("neural-net")]

  @Test("tags are set, replaced and removed together, and numbers stay numbers", arguments: subjects)
  func life(subject: TagSubject) throws {
    #expect(try registry.tags(of: subject).tags.isEmpty)
    try registry.updateTags(of: subject, setting: [("stage", .text("test")), ("priority", .integer(2)), ("rate", .real(1e-3))])
    let list = try registry.updateTags(of: subject, setting: [("stage", .text("production"))], removing: ["rate"])
    #expect(list.tags.map(\.key) == ["priority", "stage"])
    #expect(list.tags.map(\.value) == [.integer(2), .text("production")])
    #expect(try registry.tags(of: subject).title == list.title)
    let table = ["neural-net/1": "version_tags", "run 1": "tags", "model neural-net": "model_tags"][list.title]
    #expect(try synthetic.texts("SELECT typeof(value) FROM \(try #require(table)) ORDER BY key") == ["integer", "text"])
  }

  @Test("what can't be done leaves all tags as they were", arguments: subjects)
  func refused(subject: TagSubject) throws {
    let title = try registry.updateTags(of: subject, setting: [("a", .integer(1))]).title
    #expect(throws: StoreError.noSuchTag(title: title, key: "b", known: [], path: registry.path)) {
      try registry.updateTags(of: subject, setting: [("c", .integer(1))], removing: ["a", "b"])
    }
    for (key, value) in [("", CellValue.integer(1)), (" x", .integer(1)), ("x\u{1b}", .integer(1)), ("x", .real(.nan)), ("x", .null)] {
      #expect(throws: StoreError.self) { try registry.updateTags(of: subject, setting: [("c", .integer(1)), (key, value)]) }
    }
    #expect(try registry.tags(of: subject).tags.map(\.key) == ["a"])
  }

  @Test("what isn't there can't be tagged or noted")
  func missing() throws {
    #expect(throws: StoreError.noSuchRun(id: 9, newest: 1, path: registry.path)) { try registry.tags(of: .run(9)) }
    expect(.noSuchModel) { try registry.tags(of: .model("x")) }
    expect(.noSuchDataset) { try registry.setNote("a", of: .dataset("x")) }
    try registry.delete(versions: [synthetic.name(1)])
    #expect(throws: StoreError.self) { try registry.tags(of: .version(synthetic.name(1))) }
  }

  @Test("the newest note is the note; when it is removed, the one before it is; a version's are its run's")
  func notes() throws {
    let subjects: [NoteSubject] = [.version(synthetic.name(1)), .model("neural-net"), .dataset("d0")]
    for subject in subjects {
      #expect(try registry.note(of: subject).note == nil)
      try registry.setNote("one", of: subject)
      try registry.setNote("two\nlines", of: subject)
      #expect(try registry.note(of: subject).note == "two\nlines")
    }
    #expect(try registry.note(of: .run(1)).note == "two\nlines")
    #expect(try registry.run(1).note == "two\nlines")
    #expect(try registry.datasetRecord("d0").note == "two\nlines")
    for subject in subjects {
      #expect(try registry.notes(of: subject).notes.map(\.text) == ["one", "two\nlines"])
      try registry.setNote("", of: subject)
      #expect(try registry.note(of: subject).note == "one")
      try registry.setNote("", of: subject)
      #expect(try registry.note(of: subject).note == nil)
    }
  }
}
