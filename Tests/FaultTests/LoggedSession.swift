import Foundation
import SQLite
import Tensors
import TestSupport

@testable import ModelRegistry
@testable import RegistryStore

/// Runs of another program: what one logs, how it goes on after its end, and how it goes with its files.
struct LoggedSession {
  private let folder: TemporaryFolder
  /// More than is kept in memory while it is stored: it is written in pieces, in transactions of their own.
  private let large: String
  private let small: String

  init() throws {
    folder = try TemporaryFolder()
    (large, small) = (folder.path("large.bin"), folder.path("tokenizer.json"))
    try Data((0..<StagedFile.largestInMemory + 100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }).write(
      to: URL(fileURLWithPath: large))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: small))
  }

  var steps: [Step] {
    [
      step("log a run in one commit") { registry in
        try registry.together {
          let writer = try RunWriter(registry, RunInfo(model: "logged", experiment: "e", name: "one"), params: ["lr": 0.1])
          for step in 0..<40 { try writer.log("loss", step: step, Double(step)) }
          try writer.add(note: "n")
          try writer.end()
        }
      } isDone: { run, _ in
        run?.status == .finished && run?.metrics.first?.values.count == 40
      },
      long("log a run with files and a version") { registry in
        registry.pieceSizes = PieceSizes(largestRow: 1024, piece: 1 << 20, window: 2 << 20)
        let writer = try RunWriter(registry, RunInfo(model: "logged", name: "two"))
        for step in -20..<20 { try writer.log("loss", step: step, Double(step)) }
        try writer.flush()
        try writer.add(file: large)
        try writer.add(bytes: [1, 2, 3], as: "a/b.bin")
        try writer.add(dataset: RunDataset(name: "d", digest: "x"))
        var version = LoggedVersion(
          try StateDict([("w", Tensor((0..<1000).map(Float.init))), ("b", Tensor([Float(1), 2]))]))
        version.files = [(file: small, name: "tokenizer.json")]
        version.aliases = ["best"]
        _ = try writer.save(version)
        try writer.log("loss", step: 20, 20)
        try writer.end()
      } isDone: { run, registry in
        guard let run, run.status == .finished, run.metrics.first?.values.count == 41 else { return false }
        let version = try registry.version(VersionName("logged@best"))
        return version.run == run.run && version.files.count == 1 && run.files.map(\.path) == ["a/b.bin", "large.bin"]
      } holds: { run in
        // Each part was stored whole.
        run.map {
          [0, 40, 41].contains($0.metrics.first?.values.count ?? 0) && ($0.files.isEmpty || $0.metrics.first?.values.count ?? 0 >= 40)
        } ?? true
      },
      long("go on with it") { registry in
        let run = try newest("two", registry)
        let writer = try RunWriter(registry, continuing: run?.run ?? 0)
        for step in 21..<60 { try writer.log("loss", step: step, Double(step)) }
        try writer.add(bytes: [4], as: "a/b.bin")
        try writer.end()
      } isDone: { run, _ in
        run?.status == .finished && run?.metrics.first?.values.count == 80 && run?.files[0].byteCount == 1
      } holds: { run in
        [41, 80].contains(run?.metrics.first?.values.count)
      },
      long("delete it and collect its files") { registry in
        if try registry.aliases().contains(where: { $0.alias == "best" }) { try registry.removeAlias(AliasName("logged@best")) }
        if let run = try newest("two", registry) {
          try registry.delete(versions: [VersionName("logged/\(run.versions.last ?? 0)")], runs: [run.run])
        }
        // That the file couldn't be made smaller is no failure, and here it is one: what was asked of the disk.
        if case .failed(let error) = try registry.collectGarbage().compaction { throw error }
      } isDone: { _, registry in
        try registry.garbage().isEmpty && registry.connection.queryFirst("SELECT count(*) FROM contents") { row in try row.int(0) } == 0
      },
    ]
  }

  /// The newest live run of a name; nil where there is none.
  private func newest(_ name: String, _ registry: Registry) throws -> Registry.RunRecord? {
    let id = try registry.connection.queryFirst("SELECT max(id) FROM runs WHERE name = ? AND deleted_at IS NULL", name) { row in
      try row.intOrNil(0)
    }
    return try (id ?? nil).map { try registry.run($0) }
  }

  private func step(
    _ name: String, _ run: @escaping (Registry) throws -> Void, isDone: @escaping (Registry.RunRecord?, Registry) throws -> Bool
  ) -> Step {
    Step(name, .write, run) { registry in try isDone(try newest("one", registry), registry) }
  }

  private func long(
    _ name: String, _ run: @escaping (Registry) throws -> Void, isDone: @escaping (Registry.RunRecord?, Registry) throws -> Bool,
    holds: @escaping (Registry.RunRecord?) throws -> Bool = { _ in true }
  ) -> Step {
    var step = Step(name, .write, isLong: true) { registry in
      registry.recordingPace.flushInterval = .seconds(1_000_000_000)
      try run(registry)
    } isDone: { registry in
      try isDone(try newest("two", registry), registry)
    }
    step.holds = { registry in try holds(try newest("two", registry)) }
    // The writer was this process, which lives on.
    step.prepare = { path in
      try Connection(path: path, mode: .readWrite).execute("UPDATE runs SET process_start = process_start + 1 WHERE status = 'running'")
    }
    return step
  }
}
