import StoreTestSupport
import TestSupport
import Testing

@testable import RegistryStore

@Suite("files of runs and versions")
struct ArtifactTests {
  private func make() throws -> (stored: StoredRegistry, run: Int) {
    let stored = try StoredRegistry()
    let run = try stored.registry.startRun()
    try run.add(bytes: Array("hello".utf8), as: "a/hello.txt")
    try run.end()
    return (stored, run.run)
  }

  private func bytes(_ name: String, _ owner: FileOwner, in registry: Registry) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try registry.read(registry.file(name, of: owner), of: owner) { bytes += $0 }
    return bytes
  }

  @Test("are read in parts, and are what was stored; an empty one too")
  func read() throws {
    let (stored, run) = try make()
    stored.registry.pieceSizes = .small
    let large = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    try stored.folder.write("large.bin", String(decoding: large.map { $0 & 0x7f }, as: UTF8.self))
    try stored.folder.write("empty", "")
    let files = [(file: stored.folder.path("large.bin"), name: String?.none), (file: stored.folder.path("empty"), name: "e")]
    #expect(try stored.registry.add(files: files, toRun: run).map(\.path) == ["e", "large.bin"])
    #expect(try bytes("large.bin", .run(run), in: stored.registry) == large.map { $0 & 0x7f })
    #expect(try bytes("e", .run(run), in: stored.registry).isEmpty)
    #expect(try bytes("a/hello.txt", .run(run), in: stored.reopened()) == Array("hello".utf8))
    #expect(try stored.reopened().run(run).files.count == 3 && stored.reopened().verify().isSound)
  }

  @Test("are refused where a byte has changed, before the end and at it")
  func rotten() throws {
    let (stored, run) = try make()
    try stored.tamper("content_pieces", "UPDATE content_pieces SET data = CAST('hullo' AS BLOB)")
    let rotten = StoreError.rotten(what: "file 'a/hello.txt' of run \(run)", path: stored.path)
    #expect(throws: rotten) { try bytes("a/hello.txt", .run(run), in: stored.registry) }
    try stored.tamper("content_pieces", "UPDATE content_pieces SET data = zeroblob(100)")
    #expect(throws: rotten) { try bytes("a/hello.txt", .run(run), in: stored.registry) }
    try stored.tamper("content_pieces", "DELETE FROM content_pieces")
    #expect(throws: rotten) { try bytes("a/hello.txt", .run(run), in: stored.registry) }
  }

  @Test("aren't added to what is deleted or isn't there, nor two by one name; all of a call or, of a large folder, the first ones")
  func refused() throws {
    let (stored, run) = try make()
    try stored.folder.write("x.txt", "x")
    let file = (file: stored.folder.path("x.txt"), name: String?.none)
    #expect(throws: StoreError.noSuchRun(id: 99, newest: run, path: stored.path)) { try stored.registry.add(files: [file], toRun: 99) }
    #expect(throws: StoreError.self) { try stored.registry.add(files: [file, file], toRun: run) }
    for name in ["/x", "a/../b", "", "a//b", String(repeating: "x", count: 5000)] {
      #expect(throws: StoreError.self, "\(name.prefix(20))") { try stored.registry.add(files: [(file.file, name)], toRun: run) }
    }
    try stored.registry.delete(versions: [], runs: [run])
    #expect(throws: StoreError.deletedRun(run, path: stored.path)) { try stored.registry.add(files: [file], toRun: run) }
    #expect(try stored.count("SELECT count(*) FROM run_files") == 1)
  }

  @Test("can't stand in a file, nor be what others stand in: by no door, alone or together, and what there is stays")
  func fileAndFolder() throws {
    let (stored, run) = try make()
    try stored.folder.write("x.txt", "x")
    let file = stored.folder.path("x.txt")
    let logged = try stored.registry.startRun()
    try logged.add(bytes: [1], as: "a/hello.txt")
    for name in ["a", "a/hello.txt/b", "a/hello.txt/b/c"] {
      let error = #expect(throws: StoreError.self, "\(name)") { try stored.registry.add(files: [(file, name)], toRun: run) }
      #expect(
        error?.code == .duplicateFile && error?.description.contains("'\(name == "a" ? "a" : "a/hello.txt")' is a file of it") == true)
      #expect(throws: StoreError.self) { try logged.add(bytes: [2], as: name) }
      #expect(throws: StoreError.self) { try logged.add(file: file, as: name) }
    }
    #expect(throws: StoreError.self) { try stored.registry.add(files: [(file, "p"), (file, "p/q")], toRun: run) }
    var version = LoggedVersion()
    version.files = [(file, "p/q"), (file, "p")]
    #expect(throws: StoreError.self) { try logged.save(version) }
    #expect(try stored.count("SELECT count(*) FROM run_files") == 2 && stored.count("SELECT count(*) FROM model_versions") == 0)
    // Neighbours in the order of paths are none.
    for name in ["a-", "a.txt", "a0", "a/hello.txt0", "a/hello", String(repeating: "d/", count: 2000) + "x"] {
      try stored.registry.add(files: [(file, name)], toRun: run)
    }
  }

  @Test("an old or merged pair of a file and what stands in it stays, may be replaced, and is sound")
  func oldPair() throws {
    let (stored, run) = try make()
    try stored.folder.write("x.txt", "x")
    let row = "INSERT INTO run_files (run_id, path, content_id, created_at) SELECT run_id, 'a', content_id, created_at FROM run_files"
    try stored.tamper("run_files", row)
    try stored.registry.add(files: [(stored.folder.path("x.txt"), "a"), (stored.folder.path("x.txt"), "b")], toRun: run)
    try stored.registry.add(files: [(stored.folder.path("x.txt"), "a/hello.txt")], toRun: run)
    #expect(try stored.registry.files(of: .run(run)).map(\.byteCount) == [1, 1, 1] && stored.reopened().verify().isSound)
    let other = try StoredRegistry()
    _ = try other.registry.merge(stored.path)
    #expect(try other.count("SELECT count(*) FROM run_files") == 3)
  }

  @Test("a name that isn't there is answered with what is nearest")
  func nearest() throws {
    let (stored, run) = try make()
    let error = #expect(throws: StoreError.self) { try stored.registry.file("a/helo.txt", of: .run(run)) }
    #expect(error?.code == .noSuchFile && error?.suggestions == ["a/hello.txt"])
    let folder = #expect(throws: StoreError.self) { try stored.registry.file("a", of: .run(run)) }
    #expect(folder?.message == "file 'a' of run \(run): it is a folder of 1 file, not a file")
  }
}
