public import Foundation

/// The built `registry` program, run as a process in a folder of its own.
public final class Program: Sendable {
  /// Where the program's files are; removed with it.
  public let folder: TemporaryFolder

  public init() throws { folder = try TemporaryFolder() }

  /// A program in a folder that begins with copies of another's files.
  public init(copying other: Program) throws {
    folder = try TemporaryFolder()
    for name in try other.fileNames() { try FileManager.default.copyItem(atPath: other.folder.path(name), toPath: folder.path(name)) }
  }

  /// Runs `registry` to its end.  Of this process's environment it gets what a login has, so no $REGISTRY_DB.
  public func callAsFunction(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:]
  ) throws -> ProcessResult {
    try callAsFunction(arguments, input: input, environment: environment)
  }

  public func callAsFunction(_ arguments: [String], input: String? = nil, environment: [String: String] = [:]) throws -> ProcessResult {
    try command([Self.path()] + arguments, input: input, environment: environment)
  }

  /// Runs a shell's line with the program as `$registry`.
  public func shell(_ line: String) throws -> ProcessResult {
    try command(["/bin/sh", "-c", line], environment: ["registry": Self.path()])
  }

  /// Runs `registry` within bounds that only what never ends, or eats all memory, comes up against: a minute of the processor's time,
  /// which no other process can use up, and 4 GB.
  public func bounded(_ arguments: [String]) throws -> ProcessResult {
    try command(["/bin/sh", "-c", "ulimit -t 60; ulimit -v 4000000; exec \"$@\"", "sh", Self.path()] + arguments)
  }

  /// Runs another program with the same folder and environment.
  public func command(_ words: [String], input: String? = nil, environment: [String: String] = [:]) throws -> ProcessResult {
    let own = ProcessInfo.processInfo.environment
    let clean = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"].compactMap { name in own[name].map { (name, $0) } }
    let pairs = Dictionary(clean) { first, _ in first }.merging(environment) { _, new in new }.map { "\($0)=\($1)" }
    return try run("/usr/bin/env", ["-i"] + pairs + words, input: input, in: folder.url)
  }

  /// The files in the folder, with their bytes: two equal answers mean that nothing was left behind.
  public func files() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try fileNames() { files[name] = FileManager.default.contents(atPath: folder.path(name)) ?? Data() }
    return files
  }

  private func fileNames() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.url.path) }

  /// The program stands beside the test runner, whatever the configuration and the scratch path.
  public static func path() throws -> String {
    let runner = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = URL(fileURLWithPath: runner).deletingLastPathComponent().appending(path: "registry").path
    guard FileManager.default.isExecutableFile(atPath: path) else { throw MissingProgram(path: path) }
    return path
  }
}

/// The program wasn't built.
public struct MissingProgram: Error {
  public let path: String
}
