import OutputPatterns

#if canImport(Glibc)
import Glibc
#endif

/// What becomes of the output of a command: all of it goes to a file, its metrics to the run.
struct OutputRecorder: OutputTaker {
  private var reader: OutputReader
  private let sink: MetricSink
  private let spool: OutputSpool?
  /// Whether the file has all of it.
  private(set) var isSpoolWhole = true
  var hasTooManyNames: Bool { reader.hasTooManyNames }

  init(_ reader: OutputReader, _ sink: MetricSink, _ spool: OutputSpool?) {
    (self.reader, self.sink, self.spool) = (reader, sink, spool)
    isSpoolWhole = spool != nil
  }

  mutating func take(_ bytes: ArraySlice<UInt8>, stream: Int) {
    if isSpoolWhole, let spool { isSpoolWhole = spool.append(bytes) }
    sink.take(reader.read(bytes, stream: stream, time: Self.now))
  }

  mutating func tick() { sink.take(reader.wait(time: Self.now)) }

  mutating func finish() { sink.take(reader.finish(time: Self.now)) }

  /// Milliseconds since 1970.
  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
