import FaultVFS
import TestSupport
import Testing

@testable import ModelRegistry
@testable import RegistryStore

/// What is done to the disk, and how it comes back.
struct Fault: CustomStringConvertible, Sendable {
  let kind: fault_kind
  var restart = FAULT_LOSE
  let description: String

  static let all = [
    Fault(kind: FAULT_CRASH, restart: FAULT_LOSE, description: "a power cut that loses what wasn't synced"),
    Fault(kind: FAULT_CRASH, restart: FAULT_KEEP, description: "a power cut that keeps what wasn't synced"),
    Fault(kind: FAULT_CRASH, restart: FAULT_MIX, description: "a power cut that keeps a random part of what wasn't synced"),
    Fault(kind: FAULT_ERROR, description: "an I/O error"),
    Fault(kind: FAULT_FULL, description: "a full disk"),
  ]
}

/// Every operation of a session fails once, each in every way: all of them in `make torture`, else every fifty-third.
@Suite("a disk that fails", .serialized)
struct FaultTests {
  private static let every = Torture.count(53, full: 1)

  @Test("loses nothing that was reported as done, leaves nothing half-done, and the work goes on", arguments: Fault.all)
  func everyOperation(_ fault: Fault) throws {
    let disk = try FaultDisk()
    let path = disk.path("registry.db")
    var tried = 0
    for step in try Step.session() {
      if disk.fileCount > 0 { try step.prepare(path) }
      let before = try disk.snapshot()
      let contents = disk.fileCount == 0 ? [] : try dump(path)
      try step.run(path)
      let operations = disk.operations
      let after = try disk.snapshot()
      #expect(disk.fileCount == 1, "\(step.name) leaves no journal")
      let some = Array(stride(from: 1 + tried % Self.every, through: operations, by: Self.every))
      // And once after the last one, when the step was reported as done.
      for operation in some + [operations + 1] {
        tried += 1
        disk.restore(before)
        disk.arm(fault.kind, at: operation)
        try check(step, fault, disk, path, contents, seed: UInt64(operation))
      }
      disk.restore(after)
    }
    print("\(fault): \(tried) faults")
  }

  private func check(_ step: Step, _ fault: Fault, _ disk: FaultDisk, _ path: String, _ before: [String], seed: UInt64) throws {
    let place: Comment = "\(fault) at operation \(seed) of '\(step.name)'"
    var failure: (any Error)?
    do { try step.run(path) } catch { failure = error }
    if fault.kind == FAULT_CRASH {
      disk.restart(fault.restart, seed: seed)
    } else {
      if fault.kind == FAULT_FULL, disk.struck {
        #expect(failure as? StoreError == .diskFull(path: path), place)
      }
      disk.disarm()
    }
    let isDone: Bool
    do {
      isDone = try inspect(step, path, before, place)
    } catch let error as StoreError where before.isEmpty && [.missingFile(path: path), .emptyFile(path: path)].contains(error) {
      isDone = false
    }
    #expect(isDone || failure != nil, "what was reported as done is there, \(place)")
    // And the work goes on.
    if !isDone {
      if !before.isEmpty { try step.prepare(path) }
      try step.run(path)
    }
    let registry = try Registry(path: path)
    #expect(try step.isDone(registry) && step.holds(registry), place)
  }

  /// Whether the step is done; if it isn't, nothing of it is.  The file verifies either way.
  private func inspect(_ step: Step, _ path: String, _ before: [String], _ place: Comment) throws -> Bool {
    let registry = try Registry(path: path)
    let isDone = try step.isDone(registry)
    #expect(try step.holds(registry), "what was stored on the way is there, \(place)")
    let verification = try registry.verify()
    #expect(verification.isSound, "\(verification), \(place)")
    if !isDone, !step.isLong { #expect(try dump(path) == before, place) }
    return isDone
  }
}
