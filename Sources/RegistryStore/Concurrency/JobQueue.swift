// Invariants:
// 1. A job runs on a thread of the queue, never on one of Swift's pool: it may wait for a lock or the disk as long as it takes.
// 2. Jobs begin in the order in which they came; one at a time on each thread.
// 3. A job whose task was cancelled before it began doesn't run.
// 4. The threads end with the queue.

/// Jobs for a few threads, each of which has something of its own to do them with: a registry, opened with the first job.
final class JobQueue<Tool>: Sendable {
  private typealias Job = @Sendable (inout Tool?, _ make: () throws -> Tool) -> Void

  private struct State {
    var jobs: [Job] = []
    var isEnded = false
    /// Threads that wait for a job.
    var idle = 0
    var threads = 0
  }

  private let state = Monitor(State())
  private let limit: Int
  private let make: @Sendable () throws -> Tool

  /// `threads`: how many jobs run at once, at most.
  init(threads: Int, make: @escaping @Sendable () throws -> Tool) {
    limit = max(1, threads)
    self.make = make
  }

  deinit { state.change { $0.isEnded = true } }

  /// Runs a job on one of the threads.
  func run<T: Sendable>(_ body: @escaping @Sendable (Tool) throws -> T) async throws -> T {
    let isCancelled = Monitor(false)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        add { tool, make in
          continuation.resume(
            with: Result {
              if isCancelled.change({ $0 }) { throw CancellationError() }
              return try Self.use(&tool, make, body)
            })
        }
      }
    } onCancel: {
      isCancelled.change { $0 = true }
    }
  }

  /// The same for a caller who may wait, and isn't a job of this queue.
  func runAndWait<T: Sendable>(_ body: @escaping @Sendable (Tool) throws -> T) throws -> T {
    let result = Monitor<Result<T, any Error>?>(nil)
    add { tool, make in
      let found = Result { try Self.use(&tool, make, body) }
      result.change { $0 = found }
    }
    return try result.wait { $0 }.get()
  }

  private static func use<T>(_ tool: inout Tool?, _ make: () throws -> Tool, _ body: (Tool) throws -> T) throws -> T {
    let own = try tool ?? make()
    tool = own
    return try body(own)
  }

  private func add(_ job: @escaping Job) {
    let needsThread = state.change { state in
      state.jobs.append(job)
      guard state.idle < state.jobs.count, state.threads < limit else { return false }
      state.threads += 1
      return true
    }
    guard needsThread else { return }
    let (state, make) = (state, make)
    if WorkerThread.detach({ Self.work(state, make) }) { return }
    // There can be no further thread: another one takes the job, or it is done here.
    let isAlone = state.change { state in
      state.threads -= 1
      return state.threads == 0
    }
    if isAlone { Self.drain(state, make) }
  }

  private static func work(_ state: Monitor<State>, _ make: () throws -> Tool) {
    var tool: Tool?
    while true {
      state.change { $0.idle += 1 }
      let job = state.wait { state -> Job?? in
        if !state.jobs.isEmpty { return .some(state.jobs.removeFirst()) }
        return state.isEnded ? .some(nil) : nil
      }
      state.change { $0.idle -= 1 }
      guard let job else { return }
      job(&tool, make)
    }
  }

  private static func drain(_ state: Monitor<State>, _ make: () throws -> Tool) {
    var tool: Tool?
    while let job = state.change({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) { job(&tool, make) }
  }
}
