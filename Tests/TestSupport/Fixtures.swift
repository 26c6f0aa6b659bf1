public import Foundation

/// The files under Tests/Fixtures, found from this source file: a clone alone passes.
public enum Fixtures {
  public static var folder: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
  }

  public static func path(_ name: String) -> String { folder.appending(path: name).path }
  public static func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }
}
