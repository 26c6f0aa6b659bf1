internal import Files
internal import Tensors

/// The entries of a zip archive that make it a PyTorch file: `TOP/data.pkl`, `TOP/byteorder` and `TOP/data/KEY`.
///
/// Source: torch/serialization.py, caffe2/serialize/inline_container.h.
struct TorchArchive {
  /// The top folder, whatever its name.
  let folder: String
  let isBigEndian: Bool
  let machine: PickleMachine
  let root: PickleValue

  /// Opens the container; a TorchScript archive is told apart by the code that it compresses.
  static func open(_ input: InputFile, limits: FormatLimits, verifyingChecksums: Bool) throws(FormatError) -> ZipArchive {
    do throws(FormatError) {
      return try ZipArchive(input, limits: limits, verifyingChecksums: verifyingChecksums)
    } catch {
      guard case .zip(.compressed(let name, _)) = error.reason else { throw error }
      if name.contains("/code/__torch__") { throw FormatError(file: input.name, reason: .checkpoint(.torchScript)) }
      guard let foreign = ForeignFormat(zipEntry: name) else { throw error }
      throw FormatError(file: input.name, reason: .file(.foreign(foreign)))
    }
  }

  init(_ archive: ZipArchive, limits: FormatLimits) throws(FormatError) {
    func problem(_ problem: CheckpointProblem, part: String? = nil) -> FormatError {
      FormatError(file: archive.input.name, part: part, reason: .checkpoint(problem))
    }
    let pickles = archive.entries.filter { entry in
      let parts = entry.name.pathParts
      return parts.count == 2 && parts[1] == "data.pkl"
    }
    guard let pickle = pickles.first else {
      if let foreign = archive.entries.lazy.compactMap({ ForeignFormat(zipEntry: $0.name) }).first {
        throw FormatError(file: archive.input.name, reason: .file(.foreign(foreign)))
      }
      throw problem(.notPyTorch)
    }
    if archive.entries.contains(where: { $0.name.contains("/code/__torch__") }) { throw problem(.torchScript) }
    guard pickles.count == 1 else { throw problem(.severalPickles(pickles.map(\.name))) }
    folder = String(pickle.name.dropLast("/data.pkl".count))

    // Files of before torch 2.1 do not say; they are little-endian.
    if let entry = archive["\(folder)/byteorder"] {
      let order = String(decoding: try archive.contents(of: entry, limit: 64), as: UTF8.self)
      guard order == "little" || order == "big" else { throw problem(.byteOrder(order), part: "byteorder") }
      isBigEndian = order == "big"
    } else {
      isBigEndian = false
    }
    let bytes = try archive.contents(of: pickle, limit: limits.pickleBytes)
    var machine = PickleMachine(bytes, file: archive.input.name, part: "data.pkl", limits: limits)
    root = try machine.run()
    guard machine.position == bytes.count else {
      throw FormatError(file: archive.input.name, part: "data.pkl", offset: machine.position, reason: .pickle(.trailingBytes))
    }
    self.machine = machine
  }
}
