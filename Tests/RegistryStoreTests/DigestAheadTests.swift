import SQLite
import StoreTestSupport
import TestSupport
import Testing

@testable import RegistryStore

/// The digest of a run with many metrics is computed before the file is locked.
@Suite("a digest that is computed ahead")
struct DigestAheadTests {
  private func logged(_ stored: StoredRegistry, metrics: Int) throws -> RunWriter {
    let writer = try RunWriter(stored.reopened(.write), RunInfo())
    for step in 0..<metrics { try writer.log("loss", step: step, Double(step)) }
    return writer
  }

  @Test("is that of the run, sealed at its end, and once more after it went on", arguments: [Registry.fewMetrics, Registry.fewMetrics + 1])
  func sealed(metrics: Int) throws {
    let stored = try StoredRegistry(interpreter: nil)
    let writer = try logged(stored, metrics: metrics)
    try writer.end()
    #expect(try stored.reopened().verify().isSound)
    let next = try RunWriter(stored.reopened(.write), continuing: writer.run)
    try next.log("loss", step: nil, 1)
    try next.end()
    #expect(try stored.reopened().verify().isSound)
    #expect(try stored.count("SELECT count(*) FROM metrics") == metrics + 1)
  }

  @Test("isn't believed when somebody has written since")
  func changed() throws {
    let stored = try StoredRegistry(interpreter: nil)
    let writer = try logged(stored, metrics: Registry.fewMetrics + 1)
    let ahead = try #require(try writer.digestAhead())
    let registry = writer.registry
    #expect(try registry.snapshot { try registry.runDigest(writer.run, ahead: ahead) } == ahead.digest)
    try Connection(path: stored.path, mode: .readWrite).execute("UPDATE metrics SET value = 7 WHERE step = 3")
    let now = try registry.snapshot { try registry.runDigest(writer.run, ahead: ahead) }
    #expect(try now != ahead.digest && now == registry.snapshot { try registry.runDigest(writer.run) })
  }

  @Test("there is none for few metrics")
  func few() throws {
    let stored = try StoredRegistry(interpreter: nil)
    let writer = try logged(stored, metrics: 10)
    try writer.flush()
    #expect(try writer.registry.digestAhead(ofRun: writer.run) == nil)
  }
}
