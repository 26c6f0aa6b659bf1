#if canImport(Glibc)
import Glibc
#endif

/// A thread with one piece of work.
struct WorkerThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let thread: pthread_t

  /// Starts it.  Signals are for the threads that were there before.
  init(_ body: @escaping @Sendable () -> Void) throws {
    var created = pthread_t()
    let argument = Unmanaged.passRetained(Work(body))
    var (all, former) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    let code = pthread_create(
      &created, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      throw SystemError(call: "pthread_create", code: code)
    }
    thread = created
  }

  func join() { pthread_join(thread, nil) }
}
