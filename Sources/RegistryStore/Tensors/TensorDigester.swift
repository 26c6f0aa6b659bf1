internal import Glibc
internal import Tensors

/// Digests of tensors that come one after the other: a second thread computes them while the caller fetches the next, and the caller
/// helps with what is left.  A digest is the same whoever computes it.
///
/// Each of the two hashes two tensors at a time, which takes no longer than one.  SHA-256 is most of the time that storing or loading a large state_dict takes.
final class TensorDigester {
  /// Before there is a thread: no lock is needed.
  private var early: [Tensor] = []
  private var board: Board?
  private var thread: WorkerThread?
  private var bytes = 0
  /// How many bytes may wait for their digest: the caller hashes when there are more, so that they don't pile up.
  private let window: Int

  /// A thread takes 30 µs to start: less than this is hashed sooner than that.
  private static let threadPays = 1 << 20

  init(window: Int = .max) { self.window = window }

  /// Hands over the next tensor.
  func add(_ tensor: Tensor) {
    bytes += tensor.data.count
    guard bytes >= Self.threadPays else { return early.append(tensor) }
    let board = sharedBoard()
    board.add(tensor)
    while board.pendingBytes > window { if !board.workOnOldestIfAny() { board.waitForOne() } }
  }

  /// The digests of all tensors so far, in the order in which they were handed over.
  func digests() -> [Digest] {
    guard let board else { return Self.digests(early) }
    while board.workOnOldestIfAny() {}
    return board.waitForAll()
  }

  /// The digests of all tensors of a state_dict, in order.
  static func digests(of stateDict: StateDict) -> [Digest] {
    let digester = TensorDigester()
    for entry in stateDict.entries { digester.add(entry.tensor) }
    return digester.digests()
  }

  /// The board, with a thread that works on it.
  private func sharedBoard() -> Board {
    if let board { return board }
    let board = Board()
    self.board = board
    for tensor in early { board.add(tensor) }
    early = []
    // Without a thread the caller does it all.
    thread = WorkerThread { while board.workOnOldest() {} }
    return board
  }

  private static func digests(_ tensors: [Tensor]) -> [Digest] {
    var digests: [Digest] = []
    digests.reserveCapacity(tensors.count)
    while digests.count + 1 < tensors.count {
      let pair = Tensor.digests(tensors[digests.count], tensors[digests.count + 1])
      digests += [pair.0, pair.1]
    }
    if digests.count < tensors.count { digests.append(tensors[digests.count].digest) }
    return digests
  }

  deinit {
    board?.close()
    thread?.join()
  }
}

/// What is to be hashed, and what has been: shared by two threads.  Unchecked, since the compiler can't see that every field that changes
/// is only touched under the mutex (`locked`).
private final class Board: @unchecked Sendable {
  // Guarded by the mutex.
  /// By place; nil once somebody has begun with it.
  private var tensors: [Tensor?] = []
  private var results: [Digest?] = []
  /// The places that nobody has begun with: from one on all that there are.
  private var waiting = 0..<0
  private var finishedCount = 0
  private var bytes = 0
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
      waiting = waiting.lowerBound..<tensors.count + 1
      tensors.append(tensor)
      results.append(nil)
      bytes += tensor.data.count
      pthread_cond_broadcast(changed)
    }
  }

  func close() {
    locked {
      isClosed = true
      pthread_cond_broadcast(changed)
    }
  }

  /// Waits for two tensors and hashes them; false once nothing more will come.  A single one at the end is left to the caller.
  func workOnOldest() -> Bool {
    work(
      on: locked {
        while waiting.count < 2, !isClosed { pthread_cond_wait(changed, mutex) }
        return isClosed ? 0..<0 : takeOldest()
      })
  }

  /// Hashes one or two tensors that nobody has begun with; false when there is none.
  func workOnOldestIfAny() -> Bool { work(on: locked { takeOldest() }) }

  /// Stands under the mutex.
  private func takeOldest() -> Range<Int> {
    let taken = waiting.prefix(2)
    waiting.removeFirst(taken.count)
    return taken
  }

  /// Bytes of the tensors without a digest, those that are being hashed included.
  var pendingBytes: Int { locked { bytes } }

  /// Waits until the other thread has finished with a tensor, unless it has none.
  func waitForOne() {
    locked {
      let before = finishedCount
      while finishedCount == before, finishedCount < tensors.count { pthread_cond_wait(changed, mutex) }
    }
  }

  func waitForAll() -> [Digest] {
    locked {
      while finishedCount < tensors.count { pthread_cond_wait(changed, mutex) }
      return results.compactMap(\.self)
    }
  }

  private func work(on places: Range<Int>) -> Bool {
    guard !places.isEmpty else { return false }
    var taken: [Tensor] = locked {
      places.compactMap { place in
        defer { tensors[place] = nil }
        return tensors[place]
      }
    }
    let size = taken.reduce(0) { $0 + $1.data.count }
    let digests: [Digest]
    if taken.count == 2 {
      let pair = Tensor.digests(taken[0], taken[1])
      digests = [pair.0, pair.1]
    } else {
      digests = taken.map(\.digest)
    }
    // Their memory is free before anybody hears that they are done.
    taken = []
    locked {
      for (place, digest) in zip(places, digests) { results[place] = digest }
      finishedCount += places.count
      bytes -= size
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
