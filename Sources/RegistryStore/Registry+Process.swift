internal import SQLite

extension Registry {
  /// For a program that is alone in its process with SQLite, before it opens a registry: what SQLite does for others is turned off.
  /// That is the count of its memory, a twentieth of the instructions of a short training.
  public static func ownProcess() { turnOffMemoryStatistics() }
}
