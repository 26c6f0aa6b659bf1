import Foundation
import TestSupport
import Testing

@testable import Formats

@Suite("Files that appear whole or not at all")
struct AtomicFileTests {
  func names(in folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
  }

  @Test("a file appears when it is committed, and nothing beside it stays")
  func commit() throws {
    let folder = try TemporaryFolder()
    var file = try AtomicFile(path: folder.path("x.pt"))
    try file.write([1, 2, 3])
    #expect(!FileManager.default.fileExists(atPath: folder.path("x.pt")))
    try file.commit()
    #expect(try names(in: folder) == ["x.pt"])
    #expect(try Data(contentsOf: folder.url.appending(path: "x.pt")) == Data([1, 2, 3]))
  }

  @Test("without a commit nothing stays", arguments: [true, false])
  func abandoned(nameless: Bool) throws {
    let folder = try TemporaryFolder()
    do {
      var file = try AtomicFile(path: folder.path("x.pt"), replacingExisting: false, nameless: nameless)
      try file.write([1, 2, 3])
    }
    #expect(try names(in: folder) == [])
  }

  @Test("until then it has no name: a process that is killed leaves nothing")
  func nameless() throws {
    let folder = try TemporaryFolder()
    var file = try AtomicFile(path: folder.path("x.pt"))
    try file.write([1, 2, 3])
    #expect(try names(in: folder) == [])
  }

  @Test("names as long as the file system takes are taken, by bytes", arguments: [true, false])
  func longName(nameless: Bool) throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "\u{1112}\u{1161}\u{11ab}", count: 28) + ".pt"
    for replacing in [false, true] {
      let file = try AtomicFile(path: folder.path(name), replacingExisting: replacing, nameless: nameless)
      try file.commit()
    }
    #expect(try names(in: folder).count == 1)
  }

  @Test("an existing file is replaced only when told", arguments: [true, false])
  func existing(nameless: Bool) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.pt", "old")
    #expect(throws: FormatError(file: path, reason: .file(.alreadyExists))) { _ = try AtomicFile(path: path) }
    var file = try AtomicFile(path: path, replacingExisting: true, nameless: nameless)
    try file.write(Array("new".utf8))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    try file.commit()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
  }

  @Test("a file that appears meanwhile is not replaced", arguments: [true, false])
  func race(nameless: Bool) throws {
    let folder = try TemporaryFolder()
    var file = try AtomicFile(path: folder.path("x.pt"), replacingExisting: false, nameless: nameless)
    try file.write([1])
    try folder.write("x.pt", "other")
    var caught: FormatError?
    do throws(FormatError) { try file.commit() } catch { caught = error }
    #expect(caught == FormatError(file: folder.path("x.pt"), reason: .file(.alreadyExists)))
    #expect(try names(in: folder) == ["x.pt"])
    #expect(try String(contentsOfFile: folder.path("x.pt"), encoding: .utf8) == "other")
  }

  @Test("a folder that is not there, and a path that is a folder, are refused")
  func badPaths() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path("none/x.pt")
    #expect(throws: FormatError(file: missing, reason: .file(.noSuchFile))) { _ = try AtomicFile(path: missing) }
    #expect(throws: FormatError(file: folder.url.path, reason: .file(.isDirectory))) {
      _ = try AtomicFile(path: folder.url.path, replacingExisting: true)
    }
  }

  @Test("what cannot be opened as a file of tensors says why")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FormatError(file: folder.path("x"), reason: .file(.noSuchFile))) { try InputFile(path: folder.path("x")) }
    #expect(throws: FormatError(file: folder.url.path, reason: .file(.isDirectory))) { try InputFile(path: folder.url.path) }
    #expect(throws: FormatError(file: "/dev/null", reason: .file(.notRegular))) { try InputFile(path: "/dev/null") }
    let text = try folder.write("x", "hello, hello, hello")
    #expect(throws: FormatError(file: text, reason: .file(.unknownFormat))) { try openTensorFile(InputFile(path: text)) }
    let empty = try folder.write("y", "")
    #expect(throws: FormatError(file: empty, reason: .file(.unknownFormat))) { try openTensorFile(InputFile(path: empty)) }
  }

  @Test("a file that becomes shorter while it is open is an error, not a crash")
  func shrinking() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.pt")
    try FileManager.default.copyItem(atPath: Fixtures.path("state_dicts/deep.pt"), toPath: path)
    let file = try openTensorFile(InputFile(path: path))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: 100)
    #expect(throws: FormatError(file: path, reason: .file(.shrank))) { try file.tensor(at: 0) }
  }

  @Test("a file that is written to while it is open is said to have changed")
  func changing() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.pt", "before")
    let file = try InputFile(path: path)
    try file.checkUnchanged()
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.write(contentsOf: Data("after!".utf8))
    #expect(throws: FormatError(file: path, reason: .file(.changed))) { try file.checkUnchanged() }
  }

  @Test("a full disk is said, and nothing stays")
  func fullDisk() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    var sink = DescriptorSink(descriptor, name: "full")
    var caught: FormatError?
    do throws(FormatError) { try sink.write([1]) } catch { caught = error }
    guard case .file(.unwritable(ENOSPC, _))? = caught?.reason else {
      Issue.record("\(String(describing: caught))")
      return
    }
  }

  @Test("a device is never replaced, nor a link to one", arguments: [false, true])
  func device(isLink: Bool) throws {
    let folder = try TemporaryFolder()
    let path = isLink ? folder.path("null") : "/dev/null"
    if isLink { try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null") }
    #expect(throws: FormatError(file: path, reason: .file(.notRegular))) { _ = try AtomicFile(path: path, replacingExisting: true) }
  }
}
