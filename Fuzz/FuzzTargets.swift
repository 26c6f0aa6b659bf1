// libFuzzer's doors to the parsers, compiled into the module Formats by Scripts/fuzz.sh; one of the conditions is set.
// A parser may refuse its input or accept it; a crash, a hang or much memory is a finding.

internal import Tensors

/// A file larger than what libFuzzer makes is never allocated for: the declared sizes are bounded by the input's.
private let limits: FormatLimits = {
  var limits = FormatLimits()
  limits.expansionFactor = 16
  limits.expansionSlack = 64 << 10
  return limits
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do {
    try parse(bytes)
  } catch is FormatError {
    return 0
  } catch {
    fatalError("an error of another type: \(error)")
  }
  return 0
}

#if FUZZ_ZIP
/// The container and everything in it, checksums not verified.
private func parse(_ bytes: [UInt8]) throws {
  let file = try PTFile(InputFile(bytes: bytes, name: "f"), key: nil, limits: limits, verifyingChecksums: false)
  _ = try file.stateDict()
}
#elseif FUZZ_PICKLE
/// The machine alone, and the search for the state_dict in its value.
private func parse(_ bytes: [UInt8]) throws {
  var machine = PickleMachine(bytes, file: "f", part: "data.pkl", limits: limits)
  let root = try machine.run()
  _ = try? Checkpoint(root, of: machine, key: "model.state_dict")
  _ = try Checkpoint(root, of: machine, key: nil)
  // The arithmetic of views, over storages of zeros.
  for tensor in machine.tensors.prefix(100) {
    let (view, size) = (tensor.view, tensor.dtype.size)
    guard view.elementCount <= 4096, view.isMonotonic || view.reach <= 4096 else { continue }
    _ = view.isContiguous
    var bytes = [UInt8](repeating: 1, count: view.elementCount * size)
    try bytes.withUnsafeMutableBytes { target in
      unsafe try view.gather(elementSize: size, into: target, windowBytes: 4096) { (start, part) throws(FormatError) in
        guard start >= 0, start + part.count <= view.reach * size else { fatalError("beyond the view") }
        unsafe part.initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
  }
}
#elseif FUZZ_LEGACY
/// The zip format has a door of its own.
private func parse(_ bytes: [UInt8]) throws {
  guard LegacyPickle.isLegacy(bytes) else { return }
  _ = try openTensorFile(InputFile(bytes: bytes, name: "f"), limits: limits).stateDict()
}
#elseif FUZZ_SHARDS
/// An index of shards, and any JSON beside its map.
private func parse(_ bytes: [UInt8]) throws {
  _ = try ShardIndex(InputFile(bytes: bytes, name: "f"), limits: limits)
}
#elseif FUZZ_SAFETENSORS
private func parse(_ bytes: [UInt8]) throws {
  _ = try SafetensorsFile(InputFile(bytes: bytes, name: "f"), limits: limits).stateDict()
}
#endif
