import Foundation

/// How much of a long test is run: all of it by `make torture`, which sets TORTURE, and a tenth or less by `make test`.
public enum Torture {
  public static let isFull = ProcessInfo.processInfo.environment["TORTURE"] != nil

  public static func count(_ quick: Int, full: Int) -> Int { isFull ? full : quick }
}
