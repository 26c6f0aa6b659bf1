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

  @Test("a name that isn't there is answered with what is nearest")
  func nearest() throws {
    let (stored, run) = try make()
    let error = #expect(throws: StoreError.self) { try stored.registry.file("a/helo.txt", of: .run(run)) }
    #expect(error?.code == .noSuchFile && error?.suggestions == ["a/hello.txt"])
    let folder = #expect(throws: StoreError.self) { try stored.registry.file("a", of: .run(run)) }
    #expect(folder?.message == "file 'a' of run \(run): it is a folder of 1 file, not a file")
  }
}
