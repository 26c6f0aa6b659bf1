import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The command that signals go on to; 0 for none.
private let relayTarget = Atomic<Int32>(0)
/// The first signal that came; 0 for none.
private let relayed = Atomic<Int32>(0)
/// Our terminals and the command's, whose sizes are kept the same; -1 for none.
private let relayedOutput = Atomic<Int32>(-1)
private let relayedError = Atomic<Int32>(-1)

/// Signals that ask this process to end go on to the command, and leave the end to it.
enum SignalRelay {
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// From now on.  What the parent has switched off (`nohup`) stays so.
  static func watch() {
    for signal in signals {
      var former = sigaction()
      guard sigaction(signal, nil, &former) == 0,
        unsafeBitCast(former.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
      else { continue }
      var action = sigaction()
      action.sa_flags = SA_RESTART | SA_SIGINFO
      // Only what is safe in a handler: atomics that are there already, and kill().
      action.__sigaction_handler.sa_sigaction = { number, info, _ in
        _ = relayed.compareExchange(expected: 0, desired: number, ordering: .relaxed)
        let target = relayTarget.load(ordering: .relaxed)
        // What the terminal's keys send, the kernel sends to the command as well: it would come twice.
        let isFromKernel = (info?.pointee.si_code ?? 0) > 0
        if target > 0, !isFromKernel {
          let former = errno
          kill(target, number)
          errno = former
        }
      }
      sigaction(signal, &action, nil)
    }
  }

  /// From now on they go to this process; one that came before goes at once.
  static func begin(_ pid: pid_t, output: Int32?, error: Int32?) {
    relayTarget.store(pid, ordering: .relaxed)
    if let signal = received { kill(pid, signal) }
    guard output != nil || error != nil else { return }
    relayedOutput.store(output ?? -1, ordering: .relaxed)
    relayedError.store(error ?? -1, ordering: .relaxed)
    var action = sigaction()
    action.sa_flags = SA_RESTART
    action.__sigaction_handler.sa_handler = { _ in
      let former = errno
      let (output, error) = (relayedOutput.load(ordering: .relaxed), relayedError.load(ordering: .relaxed))
      if output >= 0 { ChildChannel.copySize(from: STDOUT_FILENO, to: output) }
      if error >= 0 { ChildChannel.copySize(from: STDERR_FILENO, to: error) }
      errno = former
    }
    sigaction(SIGWINCH, &action, nil)
  }

  /// Its number may soon be another's.
  static func end() { relayTarget.store(0, ordering: .relaxed) }

  /// The first signal that asked for the end.
  static var received: Int32? {
    let number = relayed.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
