internal import Glibc

/// Ends this process by SIGXCPU once it has computed for so many seconds.  Unlike a clock's, they pass only while it runs: what ends is
/// never ended early, however busy the machine.
public func limitProcessorTime(seconds: Int) {
  // A core file of a whole test runner helps nobody.
  var none = rlimit(rlim_cur: 0, rlim_max: 0)
  setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  var limit = rlimit(rlim_cur: rlim_t(seconds), rlim_max: rlim_t(seconds) + 5)
  setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
}
