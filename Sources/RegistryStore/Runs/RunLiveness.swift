internal import SQLite

/// Which process writes a run, and when it last said so: as the row of the run has it.
struct RunProcess: Sendable {
  var host: String?
  var pid: Int?
  var start: Int?
  var bootID: String?
  var pidNamespace: Int?
  var heartbeatAt: String?
  var leaseUntil: String?
}

/// Whether a run that is stored as running still runs.
///
/// A process of this boot and this pid namespace is looked up: it lives if its pid has the same start time, however old its heartbeat
/// is (an epoch may take a minute, a process may be stopped).  Of any other only the heartbeat tells.  A writer that is no process of this
/// machine has a lease: it lives until that ends.
enum RunLiveness {
  /// A heartbeat older than this many seconds is none.
  static let heartbeatSeconds = 10.0

  static func isAlive(
    _ process: RunProcess, seenFrom own: ProcessIdentity = .current, oldestHeartbeat: String = Timestamp(before: heartbeatSeconds).text,
    now: String = Timestamp.now.text,
    lookUp: (Int) -> ProcessIdentity.Lookup = { ProcessIdentity.Lookup(pid: $0) }
  ) -> Bool {
    if let lease = process.leaseUntil { return lease >= now }
    if let pid = process.pid, let start = process.start, let bootID = process.bootID, bootID == own.bootID,
      let namespace = process.pidNamespace, namespace == own.pidNamespace
    {
      switch lookUp(pid) {
      case .running(let found): return found == start
      case .gone: return false
      case .unknown: break
      }
    }
    // Both are ISO 8601 in UTC with as many digits: their order is that of the times.
    return process.heartbeatAt.map { $0 >= oldestHeartbeat } ?? false
  }
}

extension RunProcess {
  /// The columns that `init(_:from:)` reads, of the table `runs`.
  static let columns = "host, pid, process_start, boot_id, pid_namespace, heartbeat_at, lease_until"

  /// Reads `columns`, of which the first is this one.
  init(_ row: borrowing Statement, from first: Int) throws {
    host = try row.textOrNil(first)
    pid = try row.intOrNil(first + 1)
    start = try row.intOrNil(first + 2)
    bootID = try row.textOrNil(first + 3)
    pidNamespace = try row.intOrNil(first + 4)
    heartbeatAt = try row.textOrNil(first + 5)
    leaseUntil = try row.textOrNil(first + 6)
  }
}

extension Registry {
  /// The runs that are stored as running and whose process has gone; with `among`, those of these.  Stands in a reading.
  func runsWithoutProcess(among runs: [Int64]? = nil) throws -> [Int64] {
    let selected = "SELECT id, \(RunProcess.columns) FROM runs WHERE status = 'running'"
    var running: [(id: Int64, process: RunProcess)] = []
    if let runs, runs.count < 1000 {
      // No index knows the status: few runs are looked up one by one.
      var find = try connection.prepare("\(selected) AND id = ?")
      for run in runs {
        try find.bind(run)
        running += try find.all { row in (id: try row.int64(0), process: try RunProcess(row, from: 1)) }
      }
    } else {
      running = try connection.query(selected) { row in (id: try row.int64(0), process: try RunProcess(row, from: 1)) }
    }
    return running.filter { !RunLiveness.isAlive($0.process) }.map(\.id)
  }
}
