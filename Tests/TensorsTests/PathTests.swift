import Testing

@testable import Tensors

@Suite("Paths by their bytes")
struct PathTests {
  @Test(
    "a path has a folder and a name, whatever letter the name begins with",
    arguments: [
      ("runs/model.pt", "runs/", "runs", "model.pt"), ("model.pt", "", ".", "model.pt"), ("/model.pt", "/", "/", "model.pt"),
      ("a/b/", "a/b/", "a/b", ""), ("runs/\u{301}x", "runs/", "runs", "\u{301}x"), ("", "", ".", ""),
    ])
  func parts(path: String, prefix: String, folder: String, name: String) {
    #expect(path.pathPrefix.hasSameBytes(as: prefix))
    #expect(path.pathFolder.hasSameBytes(as: folder))
    #expect(path.pathName.hasSameBytes(as: name))
    #expect((path.pathPrefix + path.pathName).hasSameBytes(as: path))
    #expect(path.pathParts.joined(separator: "/").hasSameBytes(as: path))
  }
}
