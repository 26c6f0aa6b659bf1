internal import FoundationEssentials

/// Times as the registry stores them.
enum Timestamp {
  /// UTC, ISO 8601 with milliseconds: `2026-03-01T12:00:00.000Z`.
  static func now() -> String { before(0) }

  /// So many seconds ago, in the same form.
  static func before(_ seconds: Double) -> String {
    // A clock of after the year 9999 has no such text.
    Moment.text(Int((Date.now.timeIntervalSince1970 - seconds) * 1000)) ?? "9999-12-31T23:59:59.999Z"
  }

  /// Unix time in milliseconds.
  static func milliseconds() -> Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }
}

/// A random (version 4) UUID: 36 lower-case characters.
func makeUUID() -> String { UUID().uuidString.lowercased() }
