internal import Glibc
internal import Synchronization

/// A thread that does something again and again until it is stopped.  It is no thread of Swift's pool: what it does may wait for the disk.
final class FlushTimer: Sendable {
  private final class State: @unchecked Sendable {
    private var mutex = pthread_mutex_t()
    private var condition = pthread_cond_t()
    private var isStopped = false

    init() {
      pthread_mutex_init(&mutex, nil)
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(&condition, &attributes)
      pthread_condattr_destroy(&attributes)
    }

    deinit {
      pthread_cond_destroy(&condition)
      pthread_mutex_destroy(&mutex)
    }

    func stop() {
      pthread_mutex_lock(&mutex)
      isStopped = true
      pthread_cond_broadcast(&condition)
      pthread_mutex_unlock(&mutex)
    }

    /// Whether it is still wanted after so long.
    func wait(_ nanoseconds: Int) -> Bool {
      var end = timespec()
      clock_gettime(CLOCK_MONOTONIC, &end)
      let sum = end.tv_nsec + nanoseconds
      end.tv_sec += sum / 1_000_000_000
      end.tv_nsec = sum % 1_000_000_000
      pthread_mutex_lock(&mutex)
      defer { pthread_mutex_unlock(&mutex) }
      while !isStopped {
        if pthread_cond_timedwait(&condition, &mutex, &end) == ETIMEDOUT { break }
      }
      return !isStopped
    }
  }

  private final class Work: Sendable {
    let state: State
    let nanoseconds: Int
    let body: @Sendable () -> Bool

    init(_ state: State, _ nanoseconds: Int, _ body: @escaping @Sendable () -> Bool) {
      self.state = state
      self.nanoseconds = nanoseconds
      self.body = body
    }
  }

  private let state = State()
  private let nanoseconds: Int

  init(every interval: Duration) {
    let (seconds, attoseconds) = interval.components
    nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
  }

  deinit { state.stop() }

  /// Begins; `body` says whether to go on.
  func start(_ body: @escaping @Sendable () -> Bool) {
    let work = unsafe Unmanaged.passRetained(Work(state, nanoseconds, body))
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let work = unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        while work.state.wait(work.nanoseconds), work.body() {}
        return nil
      }, work.toOpaque())
    pthread_attr_destroy(&attributes)
    // Without a thread what waits is stored by the calls that write.
    if code != 0 { unsafe work.release() }
  }

  func stop() { state.stop() }
}
