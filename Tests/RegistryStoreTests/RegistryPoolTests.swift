import Foundation
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

/// A registry that tasks share.
@Suite("a pool")
struct RegistryPoolTests {
  private func pool(_ folder: TemporaryFolder, readers: Int = 4) -> RegistryPool {
    RegistryPool(path: folder.path("registry.db"), readers: readers) { nil }
  }

  @Test("many tasks read and write at once, and a read that follows a write sees it")
  func shared() async throws {
    let folder = try TemporaryFolder()
    let pool = pool(folder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          for step in 0..<5 {
            let run = try await pool.startRun(RunInfo(model: "m\(task)"), params: ["step": ParamValue(step)])
            try run.log("loss", step: step, 1)
            try await run.end()
            let number = run.run
            #expect(try await pool.read { try $0.run(number).metrics.count } == 1)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await pool.read { try $0.list(.models).rows.count } == 16)
    #expect(try pool.readAndWait { try $0.verify().isSound })
    #expect(try pool.writeAndWait { try $0.delete(versions: [], runs: [1]) }.count == 1)
  }

  @Test("of a file of an older schema a read that follows a write sees it")
  func older() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Fixtures.path("registries/schema-4.db"), toPath: folder.path("registry.db"))
    let pool = pool(folder, readers: 1)
    let before = try await pool.read { try $0.list(.runs).rows.count }
    try await pool.startRun().end()
    #expect(try await pool.read { try $0.list(.runs).rows.count } == before + 1)
  }

  @Test("a write that waits for a lock keeps no thread of Swift's pool")
  func lockedFile() async throws {
    let folder = try TemporaryFolder()
    let pool = pool(folder)
    try await pool.startRun().end()
    let other = try Connection(path: folder.path("registry.db"), mode: .readWrite)
    try other.execute("BEGIN IMMEDIATE")
    // More writes than there are threads in Swift's pool wait now; other tasks go on all the same.
    let writes = (0..<64).map { _ in Task { _ = try await pool.write { try $0.setNote("x", of: .run(1)) } } }
    let others = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<1000 { group.addTask { 1 } }
      return await group.reduce(0, +)
    }
    #expect(others == 1000)
    #expect(try await pool.read { try $0.run(1).note } == nil)
    try other.execute("ROLLBACK")
    for write in writes { try await write.value }
    #expect(try await pool.read { try $0.run(1).note } == "x")
  }

  @Test("errors are those of the registry, and a task that is cancelled before its turn does nothing")
  func failures() async throws {
    let folder = try TemporaryFolder()
    let pool = pool(folder)
    await #expect(throws: StoreError.missingFile(path: pool.path)) { try await pool.read { try $0.run(1) } }
    try await pool.startRun().end()
    await #expect(throws: StoreError.self) { try await pool.read { try $0.run(7) } }
    let other = try Connection(path: folder.path("registry.db"), mode: .readWrite)
    try other.execute("BEGIN IMMEDIATE")
    let first = Task { _ = try await pool.write { try $0.setNote("first", of: .run(1)) } }
    let second = Task { _ = try await pool.write { try $0.setNote("second", of: .run(1)) } }
    second.cancel()
    try other.execute("ROLLBACK")
    try await first.value
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(try await pool.read { try $0.run(1).note } == "first")
  }
}
