import ModelRegistry
import OutputPatterns
import Synchronization

/// Where metrics go: to the run once there is one, until then to memory.  The command doesn't wait for a registry that another process
/// has locked.
final class MetricSink: Sendable {
  typealias Log = @Sendable (Measurement) throws -> Void

  private struct State {
    var waiting: [Measurement] = []
    var log: Log?
    var failure: (any Error)?
    /// The last value of each name, in the order of their first.
    var latest: [(name: String, value: Measurement)] = []
    var places: [[UInt8]: Int] = [:]
    var count = 0
  }

  private let state = Mutex(State())

  func take(_ measurements: [Measurement]) {
    guard !measurements.isEmpty else { return }
    state.withLock { state in
      for measurement in measurements {
        state.count += 1
        let name = Array(measurement.key.utf8)
        if let place = state.places[name] {
          state.latest[place].value = measurement
        } else {
          state.places[name] = state.latest.count
          state.latest.append((measurement.key, measurement))
        }
        if let log = state.log { Self.log(measurement, log, &state) } else { state.waiting.append(measurement) }
      }
    }
  }

  /// From now on they go to a run.
  func connect(_ log: @escaping Log) {
    state.withLock { state in
      for measurement in state.waiting { Self.log(measurement, log, &state) }
      state.waiting = []
      state.log = log
    }
  }

  /// How many there were, and the last of each name.
  var summary: (count: Int, latest: [(name: String, value: Measurement)]) { state.withLock { ($0.count, $0.latest) } }

  /// What storing one of them threw; it is asked for once.
  func takeFailure() -> (any Error)? {
    state.withLock { state in
      defer { state.failure = nil }
      return state.failure
    }
  }

  private static func log(_ measurement: Measurement, _ log: Log, _ state: inout State) {
    do {
      try log(measurement)
    } catch {
      if state.failure == nil { state.failure = error }
    }
  }
}
