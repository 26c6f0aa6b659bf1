import Foundation
import TestSupport
import Testing

/// Python/registry.py, tested by Python's own unittest in Tests/python, with the built program.
@Suite("the Python module")
struct PythonModuleTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let tests = root.appending(path: "Tests/python")

  static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: tests.path).filter { $0.hasPrefix("test_") && $0.hasSuffix(".py") }.sorted()
  }

  @Test("passes its tests", arguments: try files())
  func unittest(file: String) throws {
    let environment = [
      "PYTHONPATH": Self.root.appending(path: "Python").path, "PYTHONDONTWRITEBYTECODE": "1", "REGISTRY_PROGRAM": try Program.path(),
    ]
    let result = try Program().command(["python3", "-W", "error", Self.tests.appending(path: file).path], environment: environment)
    #expect(result.status == 0, "\(result.stderr)")
    #expect(result.stderr.contains(#/Ran [1-9][0-9]* tests? in/#), "\(result.stderr)")
  }

  @Test("has its tests here")
  func all() throws {
    #expect(try Self.files().count >= 3)
  }

  @Test("is one file of fewer than 300 lines")
  func size() throws {
    let module = try String(contentsOf: Self.root.appending(path: "Python/registry.py"), encoding: .utf8)
    #expect(module.utf8.count { $0 == UInt8(ascii: "\n") } < 300)
  }
}
