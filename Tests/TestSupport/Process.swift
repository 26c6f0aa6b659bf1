public import Foundation

/// What a finished process left.
public struct ProcessResult: Sendable, Equatable {
  public let status: Int32
  public let stdout: String
  public let stderr: String

  public init(status: Int32, stdout: String, stderr: String) {
    (self.status, self.stdout, self.stderr) = (status, stdout, stderr)
  }
}

/// Runs a program to its end and keeps both of its streams.  It gets no standard input unless some is given.
public func run(
  _ program: String, _ arguments: [String] = [], input: String? = nil, environment: [String: String] = [:], in folder: URL? = nil
) throws -> ProcessResult {
  let process = Process()
  process.executableURL = program.contains("/") ? URL(fileURLWithPath: program) : URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = program.contains("/") ? arguments : [program] + arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
  if let folder { process.currentDirectoryURL = folder }
  // Files rather than pipes: no reader threads, and no output is too long.
  let streams = try TemporaryFolder()
  for name in ["in", "out", "err"] { try streams.write(name, name == "in" ? input ?? "" : "") }
  process.standardInput = try FileHandle(forReadingFrom: streams.url.appending(path: "in"))
  process.standardOutput = try FileHandle(forWritingTo: streams.url.appending(path: "out"))
  process.standardError = try FileHandle(forWritingTo: streams.url.appending(path: "err"))
  try process.start()
  process.waitUntilExit()
  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: streams.url.appending(path: name)), as: UTF8.self)
  }
  return ProcessResult(status: process.terminationStatus, stdout: try text("out"), stderr: try text("err"))
}

extension Process {
  /// Runs it with every signal let through.  Tests run on threads that block all signals, and a child inherits that: a shell's
  /// `wait` would never hear that its jobs have ended.
  public func start() throws {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try run()
  }
}
