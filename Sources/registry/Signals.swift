import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The number of the signal that asked this process to end; 0 for none.
private let received = Atomic<Int32>(0)

/// SIGINT, SIGTERM and SIGHUP as requests: the first is noted, for whoever asks; a second one ends the process at once.
enum Signals {
  /// From now on.  What the parent has switched off (`nohup`, a shell's background job) stays so.
  static func watch() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      var former = sigaction()
      guard sigaction(signal, nil, &former) == 0, !isIgnored(former) else { continue }
      var action = sigaction()
      // Only what is safe in a handler: an atomic that is there already, signal() and raise().
      action.__sigaction_handler.sa_handler = { number in
        guard received.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged else {
          Glibc.signal(number, SIG_DFL)
          raise(number)
          return
        }
      }
      action.sa_flags = SA_RESTART
      sigaction(signal, &action, nil)
    }
  }

  /// The signal that came; nil while none has.
  static var stop: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// `SIGINT`, `SIGTERM` or `SIGHUP`.
  static func name(_ signal: Int32) -> String {
    switch signal {
    case SIGINT: "SIGINT"
    case SIGTERM: "SIGTERM"
    case SIGHUP: "SIGHUP"
    default: "signal \(signal)"
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
