import Foundation
import TestSupport
import Testing

/// Trainings that are killed at random places: 300 times in `make torture`.  A place is a line of what they print and a moment after it,
/// so that a busy machine shifts none of them towards the beginning or the end.
struct KillTests {
  static let kills = Torture.count(8, full: 300)

  /// Long enough to be recorded on a quick machine, too: a run that ends within 250 ms is one commit.
  static let trainings = [
    ["--hidden", "32", "--epochs", "6000", "--batch-size", "20", "--momentum", "0.9", "--eval-every", "7"],
    ["--hidden", "16,8", "--epochs", "15000", "--optimizer", "adam", "--learning-rate", "0.001", "--patience", "100000"],
    ["--hidden", "32", "--epochs", "50000", "--momentum", "0.5", "--weight-decay", "0.001", "--seed", "3"],
  ]

  /// All that a run leaves: its metrics, the version's losses and digest, and whether a checkpoint is left over.
  private static func outcome(_ program: Program, _ file: String) throws -> String {
    try program.command([
      "sqlite3", file,
      """
      SELECT key, step, seq, quote(value) FROM metrics ORDER BY key, step, seq;
      SELECT version, state_dict_digest, quote(train_loss), quote(test_loss), accuracy FROM model_versions;
      SELECT status, (SELECT count(*) FROM checkpoints), (SELECT count(*) FROM runs) FROM runs; PRAGMA integrity_check
      """,
    ]).stdout
  }

  @Test("however often a training is killed, resumed it ends with the same bits")
  func killed() throws {
    let program = try Program()
    let expected = try Self.trainings.enumerated().map { index, training in
      let whole = try program(["train", "--db", "whole\(index).db"] + training)
      #expect(whole.status == 0)
      return (outcome: try Self.outcome(program, "whole\(index).db"), lines: whole.lines.count)
    }
    var (kills, round, resumed) = (0, 0, 0)
    while kills < Self.kills {
      let (training, whole) = (Self.trainings[round % Self.trainings.count], expected[round % Self.trainings.count])
      let file = "killed\(round).db"
      round += 1
      var isRecorded = false
      while true {
        let arguments = isRecorded ? ["train", "--resume", "1"] : ["train"] + training
        // Every other kill waits until the run is recorded: a quick machine would have it killed before, each time.
        let place = kills < Self.kills ? Place(lines: Int.random(in: 0..<whole.lines), file: kills % 2 == 0 ? nil : file) : nil
        let ending = try kill(program, arguments + ["--db", file], at: place)
        if ending == 0 { break }
        try #require(ending == SIGKILL, "\(arguments)")
        kills += 1
        let status = try status(program, file)
        // What was stored before it was killed is stored.
        if status == "finished" { break }
        try #require(status == nil || status == "interrupted")
        isRecorded = status != nil
        resumed += isRecorded ? 1 : 0
      }
      #expect(try Self.outcome(program, file) == whole.outcome, "\(file)")
      #expect(try program("reproduce", "1", "--db", file).status == 0)
    }
    print("\(kills) kills in \(round) trainings, \(resumed) resumed")
    #expect(resumed > 0 || kills < 8, "one of them was recorded when it was killed")
  }

  @Test("an import that is killed amid a large tensor leaves a sound registry, and gc takes what it left")
  func killedImport() throws {
    let program = try Program()
    #expect(try program("train", "--epochs", "2", "--quiet").status == 0)
    let size = try program.size(of: "registry.db")
    // A file of zeros with a hole in it.
    let bytes = Torture.count(100_000_000, full: 300_000_000)
    let header = "{\"w\":{\"dtype\":\"U8\",\"shape\":[\(bytes)],\"data_offsets\":[0,\(bytes)]}}"
    let start = Data(withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8))
    let file = program.folder.url.appending(path: "large.safetensors")
    try start.write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: UInt64(start.count + bytes))
    try handle.close()
    // Only a machine that stands still for the whole of an import misses the moment.
    var isKilled = false
    for _ in 0..<20 where !isKilled {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try Program.path())
      process.arguments = ["import", "large.safetensors", "--model", "large"]
      process.currentDirectoryURL = program.folder.url
      process.standardError = FileHandle.nullDevice
      try process.start()
      while process.isRunning, try program.size(of: "registry.db") < size + 60_000_000 { usleep(1000) }
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      isKilled = process.terminationReason == .uncaughtSignal
      if !isKilled {
        #expect(try program("delete", "large@latest").status == 0)
        #expect(try program("gc").status == 0)
      }
    }
    #expect(isKilled)
    #expect(try program("verify").status == 0)
    let planned = try program("gc", "--dry-run", "--format", "json").json()
    #expect(planned.unfinished?.number == 1, "\(planned)")
    #expect(try program("gc").status == 0)
    #expect(try program.size(of: "registry.db") < size + 1_000_000)
    #expect(try program.command(["sqlite3", "registry.db", "SELECT count(*) FROM contents"]).stdout == "0\n")
    #expect(try program("verify").status == 0 && program("predict", "--version", "neural-net/1").status == 0)
  }

  /// What the run is shown as; nil when it wasn't recorded.
  private func status(_ program: Program, _ file: String) throws -> String? {
    guard FileManager.default.fileExists(atPath: program.folder.path(file)) else { return nil }
    let list = try program("list", "runs", "--format", "json", "--db", file)
    return list.status == 0 ? try list.json().array.first?.status?.string : nil
  }

  /// Where a training is killed: once it has printed so many lines and the file is there.
  private struct Place {
    let lines: Int
    let file: String?
  }

  /// Runs the program and kills it at a place, unless it ends before; its exit code, or the signal that it died of.
  private func kill(_ program: Program, _ arguments: [String], at place: Place?) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Program.path())
    process.arguments = arguments
    process.currentDirectoryURL = program.folder.url
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.start()
    var lines = 0
    while lines < place?.lines ?? .max {
      let part = output.fileHandleForReading.availableData
      if part.isEmpty { break }
      lines += part.count { $0 == UInt8(ascii: "\n") }
    }
    if let place {
      while let file = place.file, process.isRunning, !FileManager.default.fileExists(atPath: program.folder.path(file)) { usleep(1000) }
      usleep(.random(in: 0...50_000))
      if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    return process.terminationStatus
  }
}

extension Program {
  /// Bytes of a file in the folder.
  fileprivate func size(of name: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: folder.path(name))[.size] as? Int ?? 0
  }
}
