internal import Glibc
internal import SQLite

/// The process that writes a running run, as it signed itself there.
struct RunOwner {
  let pid: Int?
  let host: String?
  /// Whether it is of this boot of this machine, and of our pids: then it can be looked for.
  let isHere: Bool
  /// Whether it lives, or can't be looked for and has given a sign of life within the last 10 s.
  let mayLive: Bool
}

extension Registry {
  /// Who writes a run; nil when nobody does, since it has ended.  Stands in a transaction.
  func runOwner(_ run: Int64) throws -> RunOwner? {
    let owner = try connection.queryFirst(
      """
      SELECT pid, host, process_start, boot_id, pid_namespace, heartbeat_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-10 seconds')
      FROM runs WHERE id = ? AND status = 'running'
      """, run
    ) { row in
      let own = ProcessIdentity.current
      let pid = try row.intOrNil(0)
      let isHere = try pid != nil && own.bootID != nil && row.textOrNil(3) == own.bootID && row.intOrNil(4) == own.pidNamespace
      let isAlive =
        if isHere, let pid { try ProcessIdentity.isAlive(pid: pid, start: row.intOrNil(2)) } else { try row.int64OrNil(5) == 1 }
      return RunOwner(pid: pid, host: try row.textOrNil(1), isHere: isHere, mayLive: isAlive)
    }
    return owner
  }
}
