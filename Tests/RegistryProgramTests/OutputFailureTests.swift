import Foundation
import TestSupport
import Testing

/// Standard output that goes away, is full, or that nobody reads.
struct OutputFailureTests {
  @Test("a training whose reader goes away is stored all the same", arguments: ["head -1", "true", "head -c 1"])
  func brokenPipe(reader: String) throws {
    let program = try Program()
    // What train itself ended with comes out on standard error's way.
    let result = try program.shell("{ $registry train --epochs 5000; echo $? >status; } | \(reader)")
    #expect(result.status == 0 && result.stderr == "")
    #expect(try String(contentsOfFile: program.folder.path("status"), encoding: .utf8) == "0\n")
    if reader == "head -1" { #expect(result.lines.count == 1 && result.lines[0].hasPrefix("Before Training, test loss is 0.71903")) }
    let rows = try program("list", "--format", "json").json().array
    #expect(rows.map { $0.epochs } == [.number(5000)])
    #expect(try program("show", "--run", "1", "--format", "json").json().train_loss?.array.count == 5000)
  }

  @Test("a reading command whose reader goes away ends silently, by the code of a broken pipe")
  func readerGone() throws {
    let program = try Program(copying: Shared.tutorial().program)
    // The reader opens the pipe and ends before the first byte.
    let result = try program.shell("mkfifo pipe; true <pipe & exec 3>pipe; wait; $registry list >&3; echo $? >status")
    #expect(result.stderr == "")
    #expect(try String(contentsOfFile: program.folder.path("status"), encoding: .utf8) == "141\n")
  }

  @Test(
    "a full disk under standard output is an error",
    arguments: [
      "train --epochs 1", "train --epochs 1 --format json", "list", "list --format csv", "show 1", "show --run 1 --format json", "predict",
    ])
  func full(command: String) throws {
    let program = try Program(copying: Shared.tutorial().program)
    let result = try program.shell("$registry \(command) >/dev/full")
    #expect(result.status == 74)
    #expect(result.stderr == "Error: cannot write to standard output: No space left on device.\n")
  }

  @Test(
    "an output that nobody reads blocks no writer",
    arguments: [["list", "runs"], ["show", "--run", "1"], ["predict", "--csv", "rows.csv"]])
  func blockedReader(command: [String]) throws {
    let program = try Program()
    #expect(try program("train", "--epochs", "10000").status == 0)
    // More than a pipe holds, of each command.
    let note = "UPDATE runs SET note = hex(zeroblob(100000))"
    #expect(try program.command(["sqlite3", "registry.db", note]).status == 0)
    try program.folder.write("rows.csv", "x0,x1\n" + String(repeating: "0.25,-0.75\n", count: 5000))

    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Program.path())
    process.arguments = command + ["--format", "json"]
    process.currentDirectoryURL = program.folder.url
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.start()
    while try waiting(in: pipe) < 65_536 {
      try #require(process.isRunning, "it has to be blocked")
      usleep(1000)
    }

    #expect(try program("train", "--epochs", "1").status == 0)
    #expect(process.isRunning)
    let output = try #require(try pipe.fileHandleForReading.readToEnd())
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(output.count > 65_536)
    #expect(try JSON(String(decoding: output, as: UTF8.self)) != .null)
  }

  /// The bytes that wait in a pipe.
  private func waiting(in pipe: Pipe) throws -> Int {
    var count: Int32 = 0
    try #require(ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &count) == 0)
    return Int(count)
  }
}
