import ModelRegistry
import Testing

@testable import registry

struct RunErrorTests {
  static let stops: [(RunInterruption, ErrorReport)] = [
    (
      RunInterruption(run: 7, epoch: 3, epochs: 9, path: "a b.db", problem: nil),
      ErrorReport(
        "stopped by a request after 3 of 9 epochs: run 7 in a b.db can go on from there.",
        hint: "registry train --resume 7 --db 'a b.db'", .failed)
    ),
    (
      RunInterruption(run: 7, epoch: 3, epochs: 9, path: "r.db", problem: nil, keepsState: false),
      ErrorReport(
        "stopped by a request after 3 of 9 epochs: run 7 in r.db keeps its losses; its state is too large for a checkpoint, so it begins anew.",
        hint: "registry train --resume 7 --db r.db", .failed)
    ),
    (
      RunInterruption(run: 7, epoch: 3, epochs: 9, path: "r.db", problem: .diskFull(path: "r.db")),
      ErrorReport(
        "stopped by a request after 3 of 9 epochs: run 7 keeps its last checkpoint, since the disk is full: nothing was stored in r.db.",
        hint: "registry train --resume 7 --db r.db", .failed)
    ),
    (
      RunInterruption(run: nil, epoch: 3, epochs: 9, path: "r.db", problem: .busy(path: "r.db")),
      ErrorReport(
        "stopped by a request after 3 of 9 epochs: nothing was stored, since another process keeps the file locked.", .failed)
    ),
  ]

  @Test("the end of a run that somebody asked for says what is kept", arguments: stops)
  func words(stop: RunInterruption, expected: ErrorReport) {
    #expect(ErrorReport(stop, by: "a request", .failed) == expected)
  }

  @Test("a full disk keeps what was recorded until then, and the hint names the registry's folder")
  func fullDisk() {
    #expect(
      ErrorReport(StoreError.diskFull(path: "a b/r.db"), recording: 7)
        == ErrorReport("the disk is full: run 7 has what was stored until then.", hint: "df -h 'a b'", .inputOutput))
    #expect(ErrorReport(StoreError.busy(path: "r.db"), recording: 7) == nil)
    #expect(ErrorReport(StoreError.diskFull(path: "r.db")).hint == "df -h .")
  }

  static let reports: [(StoreError, ErrorReport)] = [
    (
      .takenOver(run: 7, pid: 12, host: "h", path: "r.db"),
      ErrorReport(
        "run 7 in r.db was taken over by process 12 on 'h': this one stops.", hint: "registry show --run 7 --db r.db", .failed)
    ),
    (
      .stillRunning(run: 7, pid: 12, host: "h", path: "r.db"),
      ErrorReport("run 7 in r.db is still running: process 12 on 'h' writes it.", hint: "registry show --run 7 --db r.db", .busy)
    ),
    (
      .locked(run: 7, seconds: 600, path: "r.db"),
      ErrorReport(
        "r.db has been locked by another process for 600 s: run 7 keeps what was stored of it.",
        hint: "registry train --resume 7 --db r.db", .busy)
    ),
    (
      .locked(run: nil, seconds: 30, path: "r.db"),
      ErrorReport("r.db has been locked by another process for 30 s: nothing was stored.", hint: "fuser r.db", .busy)
    ),
    (
      .nothingToReproduce(version: "m/3", path: "r.db"),
      ErrorReport("m/3 in r.db was imported: there is nothing to re-run.", hint: "registry show m/3 --db r.db", .badData)
    ),
  ]

  @Test("errors about runs say what, where and what to do", arguments: reports)
  func words(error: StoreError, expected: ErrorReport) {
    #expect(ErrorReport(error) == expected)
  }
}
