internal import Glibc
internal import Tensors

/// Digests of tensors that come one after the other: a second thread computes them while the caller fetches the next, and the caller
/// helps with what is left.  A digest is the same whoever computes it.
///
/// SHA-256 is most of the time that storing or loading a large state_dict takes.
final class TensorDigester {
  private let board = Board()
  private var thread: pthread_t?
  private var bytes = 0

  /// A thread takes 30 µs to start: less than this is hashed sooner than that.
  private static let threadPays = 1 << 20

  /// Hands over the next tensor.
  func add(_ tensor: Tensor) {
    bytes += tensor.data.count
    board.add(tensor)
    if thread == nil, bytes >= Self.threadPays { startThread() }
  }

  /// The digests of all tensors so far, in the order in which they were handed over.
  func digests() -> [Digest] {
    while board.workOnNewest() {}
    return board.waitForAll()
  }

  deinit {
    board.close()
    if let thread { pthread_join(thread, nil) }
  }

  private func startThread() {
    var created = pthread_t()
    let argument = Unmanaged.passRetained(board)
    let code = pthread_create(
      &created, nil,
      { argument in
        guard let argument else { return nil }
        let board = Unmanaged<Board>.fromOpaque(argument).takeRetainedValue()
        while board.workOnOldest() {}
        return nil
      }, argument.toOpaque())
    // Without a thread the caller does it all.
    if code == 0 { thread = created } else { argument.release() }
  }
}

/// What is to be hashed, and what has been: shared by two threads.
private final class Board: @unchecked Sendable {
  // Guarded by the mutex.
  /// By place; nil once somebody has begun with it.
  private var tensors: [Tensor?] = []
  private var results: [Digest?] = []
  /// The places that nobody has begun with.
  private var waiting = 0..<0
  private var finishedCount = 0
  private var isClosed = false
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  func add(_ tensor: Tensor) {
    locked {
      // What was hashed from behind leaves a gap at the end of the places, and is done.
      waiting = waiting.isEmpty ? tensors.count..<tensors.count + 1 : waiting.lowerBound..<tensors.count + 1
      tensors.append(tensor)
      results.append(nil)
      pthread_cond_broadcast(changed)
    }
  }

  func close() {
    locked {
      isClosed = true
      pthread_cond_broadcast(changed)
    }
  }

  /// Waits for a tensor and hashes it; false once nothing more will come.
  func workOnOldest() -> Bool {
    work(
      on: locked {
        while waiting.isEmpty, !isClosed { pthread_cond_wait(changed, mutex) }
        return isClosed ? nil : waiting.popFirst()
      })
  }

  /// Hashes a tensor that nobody has begun with; false when there is none.
  func workOnNewest() -> Bool { work(on: locked { waiting.popLast() }) }

  func waitForAll() -> [Digest] {
    locked {
      while finishedCount < tensors.count { pthread_cond_wait(changed, mutex) }
      return results.compactMap(\.self)
    }
  }

  private func work(on place: Int?) -> Bool {
    guard let place else { return false }
    var tensor: Tensor?
    locked { swap(&tensor, &tensors[place]) }
    let digest = tensor?.digest
    locked {
      results[place] = digest
      finishedCount += 1
      pthread_cond_broadcast(changed)
    }
    return true
  }

  private func locked<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
