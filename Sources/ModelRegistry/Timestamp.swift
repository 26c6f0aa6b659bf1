internal import FoundationEssentials

/// Times as the registry stores them.
enum Timestamp {
  /// UTC, ISO 8601 with milliseconds: `2026-03-01T12:00:00.000Z`.
  static func now() -> String { before(0) }

  /// So many seconds ago, in the same form.
  static func before(_ seconds: Double) -> String {
    Date(timeIntervalSinceNow: -seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// Unix time in milliseconds.
  static func milliseconds() -> Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }
}

/// A random (version 4) UUID: 36 lower-case characters.
func makeUUID() -> String { UUID().uuidString.lowercased() }
