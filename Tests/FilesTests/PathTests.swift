import Testing

@testable import Files

@Suite("Paths by their bytes")
struct PathTests {
  @Test(
    "a path has a folder and a name, whatever letter the name begins with",
    arguments: [
      ("runs/model.pt", "runs/", "runs", "model.pt"), ("model.pt", "", ".", "model.pt"), ("/model.pt", "/", "/", "model.pt"),
      ("a/b/", "a/b/", "a/b", ""), ("runs/\u{301}x", "runs/", "runs", "\u{301}x"), ("", "", ".", ""),
    ])
  func parts(path: String, prefix: String, folder: String, name: String) {
    #expect(Array(path.pathPrefix.utf8) == Array(prefix.utf8))
    #expect(Array(path.pathFolder.utf8) == Array(folder.utf8))
    #expect(Array(path.pathName.utf8) == Array(name.utf8))
    #expect(Array((path.pathPrefix + path.pathName).utf8) == Array(path.utf8))
    #expect(Array(path.pathParts.joined(separator: "/").utf8) == Array(path.utf8))
  }
}
