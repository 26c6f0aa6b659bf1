internal import Glibc

/// State that several threads share and wait for: a lock, and a bell that is rung when it changes.  Unlike a Mutex of Synchronization it can be
/// waited on; whoever waits is a thread of our own, never one of Swift's pool.  Unchecked, since the compiler can't see that `state` is only touched
/// under `mutex`.
final class Monitor<State>: @unchecked Sendable {
  private var mutex = pthread_mutex_t()
  private var condition = pthread_cond_t()
  private var state: State

  init(_ state: State) {
    self.state = state
    pthread_mutex_init(&mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // No clock that is set back makes anybody wait.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(&condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(&condition)
    pthread_mutex_destroy(&mutex)
  }

  /// Changes the state, and wakes all who wait for that.
  func change<T>(_ body: (inout State) throws -> T) rethrows -> T {
    pthread_mutex_lock(&mutex)
    defer {
      pthread_cond_broadcast(&condition)
      pthread_mutex_unlock(&mutex)
    }
    return try body(&state)
  }

  /// Waits until `body` gives something.
  func wait<T>(_ body: (inout State) -> T?) -> T {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    while true {
      if let result = body(&state) { return result }
      pthread_cond_wait(&condition, &mutex)
    }
  }

  /// The same for so long at most; nil when nothing came.
  func wait<T>(nanoseconds: Int, _ body: (inout State) -> T?) -> T? {
    var end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &end)
    let sum = end.tv_nsec + nanoseconds % 1_000_000_000
    end.tv_sec += nanoseconds / 1_000_000_000 + sum / 1_000_000_000
    end.tv_nsec = sum % 1_000_000_000
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    while true {
      if let result = body(&state) { return result }
      if pthread_cond_timedwait(&condition, &mutex, &end) == ETIMEDOUT { return nil }
    }
  }
}
