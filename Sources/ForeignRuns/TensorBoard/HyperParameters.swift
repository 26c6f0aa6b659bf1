internal import Tensors

/// What the plugin hparams says of a run: its hyperparameters, when it began, how it ended.
///
/// Source: tensorboard/plugins/hparams/plugin_data.proto and api.proto, and google/protobuf/struct.proto, whose field numbers stand here.
struct HyperParameters {
  private(set) var params: [ForeignPair] = []
  private(set) var group: String?
  private(set) var status: ForeignStatus?
  /// Milliseconds since 1970.
  private(set) var startedAt: Int64?
  private(set) var endedAt: Int64?

  static let plugin = "hparams"

  /// Takes what one value of the plugin says.
  mutating func read(_ content: ArraySlice<UInt8>) throws(WireCursor.Malformed) {
    var cursor = WireCursor(content)
    while let (field, value) = try cursor.next() {
      switch (field, value) {
      case (3, .bytes(let start)): try readStart(start)
      case (4, .bytes(let end)): try readEnd(end)
      default: break
      }
    }
  }

  private mutating func readStart(_ message: ArraySlice<UInt8>) throws(WireCursor.Malformed) {
    var cursor = WireCursor(message)
    while let (field, value) = try cursor.next() {
      switch (field, value) {
      case (1, .bytes(let entry)): try readEntry(entry)
      case (4, _): group = value.text.flatMap { $0.isEmpty ? nil : $0 }
      case (5, _): startedAt = milliseconds(value)
      default: break
      }
    }
  }

  private mutating func readEnd(_ message: ArraySlice<UInt8>) throws(WireCursor.Malformed) {
    var cursor = WireCursor(message)
    while let (field, value) = try cursor.next() {
      switch (field, value) {
      case (1, .varint(1)): status = .finished
      case (1, .varint(2)): status = .failed
      case (1, .varint(3)): status = .running
      case (2, _): endedAt = milliseconds(value)
      default: break
      }
    }
  }

  /// An entry of the map: a name and a number, a text or a boolean.
  private mutating func readEntry(_ entry: ArraySlice<UInt8>) throws(WireCursor.Malformed) {
    var key: String?
    var text: String?
    var cursor = WireCursor(entry)
    while let (field, value) = try cursor.next() {
      switch (field, value) {
      case (1, _): key = value.text
      case (2, .bytes(let bytes)):
        var cursor = WireCursor(bytes)
        while let (field, value) = try cursor.next() {
          switch (field, value) {
          case (2, .fixed64(let bits)): text = Double(bitPattern: bits).description
          case (3, .bytes): text = value.text
          case (4, .varint(let flag)): text = flag == 0 ? "false" : "true"
          default: break
          }
        }
      default: break
      }
    }
    guard let key, let text else { return }
    params.removeAll { $0.key.hasSameBytes(as: key) }
    params.append(ForeignPair(key, text))
  }

  private func milliseconds(_ value: WireCursor.Value) -> Int64? {
    guard let seconds = value.double, seconds > 0, seconds < 253_402_300_800 else { return nil }
    return Int64((seconds * 1000).rounded())
  }
}
