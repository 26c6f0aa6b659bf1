// libFuzzer's doors to what reads other programs' records, compiled into the module ForeignRuns by Scripts/fuzz.sh; one of the conditions is set.
// A reader may refuse its input or accept it; a crash, a hang or much memory is a finding.

internal import Glibc
internal import Tensors

/// The readers take files: one in memory, which has no name and is written anew for each input.
private let file: Int32 = {
  var path = Array("/dev/shm/registry-fuzz.XXXXXX".utf8CString)
  let file = mkstemp(&path)
  guard file >= 0 else { fatalError("no file in /dev/shm") }
  unlink(path)
  return file
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do {
    try parse(bytes)
  } catch is ForeignError {
    return 0
  } catch is WireCursor.Malformed {
    return 0
  } catch {
    fatalError("an error of another type: \(error)")
  }
  return 0
}

private func path(of bytes: [UInt8]) -> String {
  guard ftruncate(file, 0) == 0, pwrite(file, bytes, bytes.count, 0) == bytes.count else { fatalError("the file takes nothing") }
  return "/proc/self/fd/\(file)"
}

/// All that an import asks of a source; twice the same.
private func read(_ source: any ForeignSource) throws {
  _ = try source.experiments()
  for header in try source.runs() {
    let run = try source.run(header)
    var counts = [0, 0]
    for pass in counts.indices { try source.metrics(of: run) { _ in counts[pass] += 1 } }
    guard counts[0] == counts[1] else { fatalError("\(counts[0]) metrics, and then \(counts[1])") }
  }
  _ = source.remarks
}

#if FUZZ_RECORDS
/// An event file of TensorBoard, with its checksums.
private func parse(_ bytes: [UInt8]) throws { try read(try TensorBoardFolder(path(of: bytes))) }
#elseif FUZZ_EVENTS
/// One event, which no checksum guards.
private func parse(_ bytes: [UInt8]) throws {
  let event = try EventMessage(bytes[...])
  _ = event.milliseconds
  var scalars = ScalarReader()
  for value in event.values {
    guard case .parameters(let content) = scalars.read(value) else { continue }
    var parameters = HyperParameters()
    try parameters.read(content)
  }
}
#elseif FUZZ_YAML
/// A meta.yaml of MLflow, and the same bytes as the file of a metric.
private func parse(_ bytes: [UInt8]) throws {
  var lines = try LineReader(path(of: bytes))
  while let line = try lines.next() {
    _ = try? MetricLine.metric(line, key: "k", isComplete: lines.isComplete, file: "f", number: lines.number)
  }
  let meta = try MetaFile(bytes, path: "f")
  for key in ["name", "run_id", "status"] { _ = meta.text(key) }
  _ = try meta.integer("start_time")
}
#elseif FUZZ_CSV
private func parse(_ bytes: [UInt8]) throws { try read(try CSVLog(path(of: bytes))) }
#elseif FUZZ_JSONL
private func parse(_ bytes: [UInt8]) throws { try read(try JSONLog(path(of: bytes))) }
#endif
