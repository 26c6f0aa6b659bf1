#if canImport(Glibc)
import Glibc
#endif

/// What the pump hands on of what it reads: to one thread, in order of arrival.
protocol OutputTaker {
  /// Bytes that the command wrote: to standard output (0) or standard error (1).
  mutating func take(_ bytes: ArraySlice<UInt8>, stream: Int)
  /// Called about four times a second, whether or not anything came.
  mutating func tick()
}

// Invariants:
// 1. Every byte goes to our stream of the same number as soon as it comes, and is shown before it is read for metrics.
// 2. At most `most` bytes of each stream are in memory: who writes faster than our reader reads waits, as without us.
// 3. Nothing here blocks but `poll`: a stream that takes nothing holds up neither the other one nor the ticks.
// 4. A stream of ours that has gone is written no more; what the command writes is read and kept all the same.
// 5. The end is the command's own: what holds its pipes after that (a process that it left behind) is waited for `grace` and no longer.

/// Shows the output of a command as it comes and hands it on.
struct OutputPump<Taker: OutputTaker> {
  private struct Stream {
    let source: Int32
    let target: Int32
    var isOpen = true
    var isTargetOpen = true
    var backlog: ArraySlice<UInt8> = []
    /// What it takes at once without blocking.
    let portion: Int

    init(source: Int32, target: Int32) {
      (self.source, self.target) = (source, target)
      var status = stat()
      let isFile = fstat(target, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      portion = isFile ? most : atomic
    }
  }

  private static var most: Int { 1 << 16 }
  private static var grace: Duration { .milliseconds(250) }
  private static var tickInterval: Duration { .milliseconds(250) }
  /// A pipe that says it can be written takes so many bytes without blocking.
  private static var atomic: Int { 4096 }

  private var streams: [Stream]
  /// Why a stream of ours took no more, unless its reader has gone.
  private(set) var failure: OutputError?
  private var taker: Taker
  /// Closed at its other end when the command has ended.
  private let ending: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var deadline: ContinuousClock.Instant?
  private var nextTick = ContinuousClock.now + tickInterval

  init(output: Int32, error: Int32, ending: Int32, taker: Taker) {
    streams = [Stream(source: output, target: STDOUT_FILENO), Stream(source: error, target: STDERR_FILENO)]
    (self.ending, self.taker) = (ending, taker)
  }

  /// Runs until the command has ended and all that it wrote is shown; gives the taker back.
  mutating func run() -> Taker {
    while !isDone {
      waitForMore()
      for index in streams.indices {
        showBacklog(index)
        if streams[index].isOpen, streams[index].backlog.isEmpty { read(index) }
      }
      let now = ContinuousClock.now
      if now >= nextTick {
        taker.tick()
        nextTick = now + Self.tickInterval
      }
    }
    for stream in streams { close(stream.source) }
    return taker
  }

  private var isDone: Bool {
    guard let deadline, streams.allSatisfy({ $0.backlog.isEmpty || !$0.isTargetOpen }) else { return false }
    return streams.allSatisfy { !$0.isOpen } || ContinuousClock.now > deadline
  }

  /// Waits until something can be read or written, or for the next tick.
  private mutating func waitForMore() {
    var files: [pollfd] = []
    for stream in streams {
      if !stream.backlog.isEmpty {
        files.append(pollfd(fd: stream.isTargetOpen ? stream.target : -1, events: Int16(POLLOUT), revents: 0))
      } else {
        files.append(pollfd(fd: stream.isOpen ? stream.source : -1, events: Int16(POLLIN), revents: 0))
      }
    }
    if deadline == nil { files.append(pollfd(fd: ending, events: Int16(POLLIN), revents: 0)) }
    let end = min(nextTick, deadline ?? nextTick)
    let wait = max(0, (end - ContinuousClock.now) / .milliseconds(1))
    guard poll(&files, nfds_t(files.count), Int32(wait.rounded(.up))) > 0 else { return }
    if deadline == nil, files[streams.count].revents != 0 { deadline = ContinuousClock.now + Self.grace }
  }

  private mutating func read(_ index: Int) {
    let count = Glibc.read(streams[index].source, &buffer, buffer.count)
    if count > 0 {
      if streams[index].isTargetOpen { streams[index].backlog = buffer[..<count] }
      showBacklog(index)
      taker.take(buffer[..<count], stream: index)
    } else if count == 0 || errno != EAGAIN && errno != EINTR {
      // The end of a pipe; of a pseudo-terminal it is EIO.
      streams[index].isOpen = false
    }
  }

  /// Writes what our stream takes without blocking.
  private mutating func showBacklog(_ index: Int) {
    while !streams[index].backlog.isEmpty, streams[index].isTargetOpen {
      var ready = pollfd(fd: streams[index].target, events: Int16(POLLOUT), revents: 0)
      guard poll(&ready, 1, 0) > 0 else { return }
      let part = streams[index].backlog.prefix(streams[index].portion)
      let count = part.withUnsafeBytes { write(streams[index].target, $0.baseAddress, $0.count) }
      if count >= 0 {
        streams[index].backlog = streams[index].backlog.dropFirst(count)
      } else if errno == EAGAIN || errno == EINTR {
        return
      } else {
        if errno != EPIPE { failure = OutputError(code: errno) }
        streams[index].isTargetOpen = false
        streams[index].backlog = []
      }
    }
  }
}
