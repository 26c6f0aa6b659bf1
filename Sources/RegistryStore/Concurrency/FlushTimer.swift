/// A thread that does something again and again until it is stopped.  It is no thread of Swift's pool: what it does may wait for the disk.
final class FlushTimer: Sendable {
  private let isStopped = Monitor(false)
  private let nanoseconds: Int

  init(every interval: Duration) {
    let (seconds, attoseconds) = interval.components
    nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
  }

  deinit { stop() }

  /// Begins; `body` says whether to go on.  Without a thread, what waits is stored by the calls that write.
  func start(_ body: @escaping @Sendable () -> Bool) {
    let (isStopped, nanoseconds) = (isStopped, nanoseconds)
    _ = WorkerThread.detach {
      while isStopped.wait(nanoseconds: nanoseconds, { $0 ? true : nil }) == nil, body() {}
    }
  }

  func stop() { isStopped.change { $0 = true } }
}
