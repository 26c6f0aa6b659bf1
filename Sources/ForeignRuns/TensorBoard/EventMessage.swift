/// One event of TensorBoard: a time, a step, and the values of its summary.
///
/// Source: tensorflow/core/util/event.proto and framework/summary.proto, whose field numbers stand here.
struct EventMessage {
  /// Seconds since 1970.
  private(set) var wallTime = 0.0
  private(set) var step: Int64 = 0
  private(set) var values: [SummaryValue] = []

  init(_ bytes: ArraySlice<UInt8>) throws(WireCursor.Malformed) {
    var cursor = WireCursor(bytes)
    while let (field, value) = try cursor.next() {
      switch (field, value) {
      case (1, _): wallTime = value.double ?? 0
      case (2, _): step = value.integer ?? 0
      case (5, .bytes(let summary)):
        var cursor = WireCursor(summary)
        while let (field, value) = try cursor.next() {
          if field == 1, case .bytes(let bytes) = value { values.append(try SummaryValue(bytes)) }
        }
      default: break
      }
    }
  }

  /// Milliseconds since 1970; nil for what is no time.
  var milliseconds: Int64? { wallTime > 0 && wallTime < 253_402_300_800 ? Int64((wallTime * 1000).rounded()) : nil }
}

/// A value of a summary.
struct SummaryValue {
  enum Content {
    case scalar(Double)
    /// A tensor, whose meaning its plugin says.
    case tensor(ArraySlice<UInt8>)
    /// `image`, `histogram`, `audio`.
    case other(String)
    case none
  }

  private(set) var tag = ""
  private(set) var content = Content.none
  /// The plugin that it is for, and what that one needs to know; it may stand at a tag's first value alone.
  private(set) var plugin: String?
  private(set) var pluginContent: ArraySlice<UInt8> = []

  init(_ bytes: ArraySlice<UInt8>) throws(WireCursor.Malformed) {
    var cursor = WireCursor(bytes)
    while let (field, value) = try cursor.next() {
      switch (field, value) {
      case (1, .bytes(let name)): tag = String(decoding: name, as: UTF8.self)
      case (2, .fixed32(let bits)): content = .scalar(Double(Float(bitPattern: bits)))
      case (3, _), (5, _): content = .other("histogram")
      case (4, _): content = .other("image")
      case (6, _): content = .other("audio")
      case (8, .bytes(let tensor)): content = .tensor(tensor)
      case (9, .bytes(let metadata)): try readPlugin(metadata)
      default: break
      }
    }
  }

  private mutating func readPlugin(_ metadata: ArraySlice<UInt8>) throws(WireCursor.Malformed) {
    var cursor = WireCursor(metadata)
    while let (field, value) = try cursor.next() {
      guard field == 1, case .bytes(let data) = value else { continue }
      var cursor = WireCursor(data)
      while let (field, value) = try cursor.next() {
        switch (field, value) {
        case (1, _): plugin = value.text
        case (2, .bytes(let bytes)): pluginContent = bytes
        default: break
        }
      }
    }
  }
}
