internal import Glibc

/// A thread of our own with one piece of work: what waits for the disk, for a process or for a lock never holds up one of Swift's pool.
///
/// Signals are for the threads that were there before: those of a program that uses this library are its own.
package struct WorkerThread: @unchecked Sendable {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Written once; unchecked, since the compiler doesn't know that a thread's name may be handed on.
  private let thread: pthread_t

  /// Starts it; who does calls `join` once.  Nil when there can be no further thread.
  package init?(_ body: @escaping @Sendable () -> Void) {
    guard let thread = Self.start(body, isDetached: false) else { return nil }
    self.thread = thread
  }

  /// Waits for its end.
  package func join() { pthread_join(thread, nil) }

  /// Starts a thread that is nobody's to wait for; false when there can be none.
  static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
    start(body, isDetached: true) != nil
  }

  private static func start(_ body: @escaping @Sendable () -> Void, isDetached: Bool) -> pthread_t? {
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(isDetached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE))
    // What reads a net or a JSON of some depth needs as much as a main thread has.
    pthread_attr_setstacksize(&attributes, 8 << 20)
    // A thread begins with the mask of the one that starts it.
    var (all, former) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        if let argument = unsafe argument { unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      unsafe work.release()
      return nil
    }
    return thread
  }
}
