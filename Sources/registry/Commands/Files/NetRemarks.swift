import ModelRegistry
import Tensors
import Training

/// What is said of every answer that a stored net gives.
enum NetRemarks {
  /// What of an imported net is a guess, and that its numbers are rounded before it computes.
  static func print(_ record: VersionRecord, in registry: Registry) throws {
    guard let architecture = record.architecture else { return }
    if let note = architecture.guessNote { Streams.note(note) }
    guard try registry.storedTensors(record).contains(where: { $0.dtype == .float64 }) else { return }
    Streams.note("Its F64 numbers are computed in float32")
  }
}
