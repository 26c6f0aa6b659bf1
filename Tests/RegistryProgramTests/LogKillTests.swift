import Foundation
import TestSupport
import Testing

/// `registry log` that is killed at random moments: 300 times in `make torture`.
struct LogKillTests {
  static let kills = Torture.count(20, full: 300)
  private static let lines = 30_000

  /// Every tenth line asks for an acknowledgement, every 3,000th is a file, and one is a version of files.
  private static func input(from first: Int) -> String {
    var text = ""
    for step in first..<lines {
      text += "{\"step\": \(step), \"loss\": \(step).5\(step % 10 == 9 ? ", \"ack\": \(step)" : "")}\n"
      if step % 3000 == 1500 { text += "{\"text\": \"step \(step)\", \"as\": \"steps/\(step).txt\", \"ack\": \"file \(step)\"}\n" }
      if step == 20_000 { text += "{\"version\": true, \"files\": [\"weights.bin\"], \"model\": \"m\", \"ack\": \"version\"}\n" }
    }
    return text + "{\"end\": \"finished\", \"ack\": \"end\"}\n"
  }

  @Test("whatever was acknowledged is there, the file verifies, and the run goes on")
  func killed() throws {
    let program = try Program()
    try Data([1, 2, 3]).write(to: program.folder.url.appending(path: "weights.bin"))
    try Self.input(from: 0).write(to: program.folder.url.appending(path: "lines.jsonl"), atomically: false, encoding: .utf8)
    var (kills, tried, recorded, acknowledged) = (0, 0, 0, 0)
    var generator = SystemRandomNumberGenerator()
    while kills < Self.kills, tried < 3 * Self.kills {
      let file = "killed\(tried).db"
      tried += 1
      let isKilled = try log(program, "lines.jsonl", file, after: .random(in: 0...1_500_000, using: &generator))
      kills += isKilled ? 1 : 0
      let acks = try acks(program, "\(file).out")
      guard FileManager.default.fileExists(atPath: program.folder.path(file)) else {
        #expect(acks.isEmpty)
        continue
      }
      let count = try expectAll(acks, program, file)
      acknowledged += acks.count
      recorded += count > 0 ? 1 : 0
      // Every fourth goes on after its last stored step.
      guard isKilled, count > 0, tried % 4 == 0 else { continue }
      try Self.input(from: count).write(to: program.folder.url.appending(path: "rest.jsonl"), atomically: false, encoding: .utf8)
      #expect(try program.shell("$registry log --run 1 --format json --db \(file) < rest.jsonl").status == 0)
      #expect(try query(program, file, "SELECT status, (SELECT count(DISTINCT step) FROM metrics) FROM runs") == "finished|\(Self.lines)")
      #expect(try program("verify", "--db", file).status == 0)
    }
    print("\(kills) kills of registry log, \(recorded) with metrics, \(acknowledged) acknowledgements")
    #expect(kills >= Self.kills / 2 && recorded > 0)
  }

  /// Lines that came one by one, never 50 ms apart, waited until there were 512 of them.
  @Test("what a program logs line by line is stored while it goes on")
  func steady() throws {
    let program = try Program()
    let script = """
      { i=0; while [ $i -lt 300 ]; do echo "{\\"step\\": $i, \\"loss\\": $i.5}"; i=$((i+1)); sleep 0.01; done; } | $registry log 2>/dev/null &
      found=0
      while kill -0 $! 2>/dev/null; do
        count=$(sqlite3 registry.db 'SELECT count(*) FROM metrics' 2>/dev/null)
        if [ "${count:-0}" -gt 0 ] && [ "$count" -lt 300 ]; then found=1; fi
        sleep 0.05
      done
      wait; echo found $found
      """
    let result = try program.shell(script)
    #expect(result.stdout.hasSuffix("found 1\n"), "\(result.stdout)")
    #expect(try query(program, "registry.db", "SELECT count(*) FROM metrics") == "300")
  }

  /// Everything that was acknowledged is stored.  Gives how many steps are.
  private func expectAll(_ acks: [String], _ program: Program, _ file: String) throws -> Int {
    guard try query(program, file, "SELECT count(*) FROM sqlite_schema WHERE name = 'runs'") == "1" else {
      #expect(acks.isEmpty, "it was killed before there was a registry")
      return 0
    }
    let steps = acks.compactMap { Int($0) }
    let last = steps.max() ?? -1
    let found = try query(program, file, "SELECT count(*) FROM metrics WHERE key = 'loss' AND value = step + 0.5 AND step <= \(last)")
    #expect(found == "\(last + 1)", "\(file): acknowledged up to \(last)")
    for ack in acks where ack.hasPrefix("file ") {
      let path = "steps/\(ack.dropFirst(5)).txt"
      #expect(try query(program, file, "SELECT count(*) FROM artifacts WHERE path = '\(path)'") == "1", "\(file): \(ack)")
    }
    if acks.contains("version") {
      #expect(try query(program, file, "SELECT model || version || file_count FROM leaderboard") == "m11", "\(file)")
    }
    if acks.contains("end") { #expect(try query(program, file, "SELECT status FROM runs") == "finished") }
    // No journal of a stranger is taken for its own, and what wasn't acknowledged is whole or not there.
    let verified = try program("verify", "--db", file)
    #expect(verified.status == 0, "\(file): \(verified.stdout)")
    // Steps come in order: those that are stored are the first ones.
    let count = Int(try query(program, file, "SELECT count(*) FROM metrics")) ?? 0
    #expect(try query(program, file, "SELECT coalesce(max(step) + 1, 0) FROM metrics") == "\(count)", "\(file)")
    return count
  }

  private func query(_ program: Program, _ file: String, _ sql: String) throws -> String {
    try program.command(["sqlite3", file, sql]).stdout.trimmingCharacters(in: .newlines)
  }

  /// The acknowledgements that were written as whole lines.
  private func acks(_ program: Program, _ name: String) throws -> [String] {
    let text = try String(contentsOfFile: program.folder.path(name), encoding: .utf8)
    return try text.split(separator: "\n").filter { $0.hasPrefix("{\"ack\"") && $0.hasSuffix("}") }.map { line in
      let ack = try JSON(String(line)).ack
      return ack?.string ?? "\(Int(ack?.number ?? -1))"
    }
  }

  /// Whether it was killed before it ended.
  private func log(_ program: Program, _ input: String, _ file: String, after microseconds: UInt32) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Program.path())
    process.arguments = ["log", "--format", "json", "--db", file]
    process.currentDirectoryURL = program.folder.url
    process.standardInput = try FileHandle(forReadingFrom: program.folder.url.appending(path: input))
    let output = program.folder.path("\(file).out")
    try Data().write(to: URL(fileURLWithPath: output))
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle.nullDevice
    try process.start()
    usleep(microseconds)
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }
}
