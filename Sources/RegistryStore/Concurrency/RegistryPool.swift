/// A registry that tasks share: several read at once, each through a connection of its own, and one writes.
///
///     let pool = RegistryPool(path: "registry.db")
///     let best = try await pool.read { registry in try registry.list(.versions, query) }
///     try await pool.write { registry in try registry.setAlias(name, to: version) }
///
/// What `body` is given belongs to it alone until it returns, and must not be kept.  It runs on a thread of the pool's own, so that a locked file
/// (waited for up to 30 s) or a slow disk keeps no thread of Swift's pool.  Writes run one after another, in the order in which they came; a read
/// that follows a write sees it.  A task that is cancelled before its turn throws `CancellationError`, and nothing of it is done.
public final class RegistryPool: Sendable {
  private let readers: JobQueue<Registry>
  private let writer: JobQueue<Registry>
  /// The path as it was given.
  public let path: String

  /// `readers`: how many connections read at once, at most; each is opened when it is first needed, and has an interpreter of its own.
  package init(path: String, readers count: Int, interpreter: @escaping @Sendable () -> (any Interpreter)?) {
    self.path = path
    // Of a file of an older schema a reader has an upgraded copy, which shows nothing of what is written later: each read makes its own.
    readers = JobQueue(threads: count, keeps: { $0.upgrade == nil }) {
      try Registry(path: path, access: .read, interpreter: interpreter())
    }
    writer = JobQueue(threads: 1) { try Registry(path: path, access: .create, interpreter: interpreter()) }
  }

  /// Reads: all that one call of the registry finds belongs together.
  public func read<T: Sendable>(_ body: @escaping @Sendable (Registry) throws -> T) async throws -> T { try await readers.run(body) }

  /// Writes; the file is made where there is none.
  public func write<T: Sendable>(_ body: @escaping @Sendable (Registry) throws -> T) async throws -> T { try await writer.run(body) }

  /// Reads, and waits for it: for callers that are no tasks.
  public func readAndWait<T: Sendable>(_ body: @escaping @Sendable (Registry) throws -> T) throws -> T { try readers.runAndWait(body) }

  /// Writes, and waits for it: for callers that are no tasks.
  public func writeAndWait<T: Sendable>(_ body: @escaping @Sendable (Registry) throws -> T) throws -> T { try writer.runAndWait(body) }

  /// Begins a run of any program, as `Registry.startRun` does.
  public func startRun(
    _ info: RunInfo = RunInfo(), params: NamedValues<ParamValue> = [:], tags: NamedValues<CellValue> = [:]
  ) async throws -> LoggedRun {
    try await write { registry in try registry.startRun(info, params: params, tags: tags) }
  }
}
