import TestSupport
import Testing

@testable import ForeignRuns

@Suite struct MetaFileTests {
  private func value(_ yaml: String) throws(ForeignError) -> MetaFile.Value { try MetaFile(Array(yaml.utf8), path: "meta.yaml")["k"] }

  /// What PyYAML writes of each of these.
  @Test(
    arguments: [
      ("k: plain text\n", .text("plain text")), ("k: 3\n", .text("3")), ("k: null\n", .null), ("k: ''\n", .text("")),
      ("k: 'null'\n", .text("null")),
      ("k: 'it''s'\n", .text("it's")), ("k: \"tab\\there \\xE9 \\u20AC \\U0001F600 \\\"q\\\"\"\n", .text("tab\there é € 😀 \"q\"")),
      ("k: 'multi\n\n  line: é'\n", .text("multi\nline: é")), ("k: 'a\n\n\n  b\n  c'\n", .text("a\n\nb c")),
      ("k: word word\n  word\n", .text("word word word")), ("k: \"a\\\n  \\ b\"\n", .text("a b")), ("k: \"a \\\n  b\"\n", .text("a b")),
      ("k: []\n", .list([])), ("k: {}\n", .dictionary([])), ("k:\n- one\n- 'two'\nz: 1\n", .list(["one", "two"])),
      ("k:\n  a: '1'\n  b: long\n    text\nz: 1\n", .dictionary([ForeignPair("a", "1"), ForeignPair("b", "long text")])),
      ("k:\nz: 1\n", .null), ("'k': v\n", .text("v")), ("k: a:b\n", .text("a:b")), ("k: /home/ada/mlruns/0\n", .text("/home/ada/mlruns/0")),
      ("k: last", .text("last")), ("k: -1\n", .text("-1")),
    ] as [(String, MetaFile.Value)])
  func whatMLflowWritesIsRead(yaml: String, expected: MetaFile.Value) throws { #expect(try value(yaml) == expected) }

  @Test(arguments: [
    "k: &a text\n", "k: *a\n", "k: !!python/object/apply:os.system [x]\n", "k: !tag x\n", "k: |\n  text\n", "k: >\n  text\n", "k: [a, b]\n",
    "k: {a: b}\n", "? k\n: v\n", "k: a: b\n", "k: a # comment\n", "# comment\nk: v\n", "k: 'open\n", "k: \"open\n", "k: \"\\q\"\n",
    "k: 'a' b\n",
    "k: v\nk: w\n", "  k: v\n", "k\n", "k:\n  a:\n    b: c\n", "k: %x\n", "k: `x\n", "- k: v\n", "--- \nk: v\n", "k: \"\\uD800\"\n",
    "k: \"\\x4\n", "k:\n   a: b\n",
  ])
  func whatItDoesNotWriteIsRefused(yaml: String) {
    #expect(throws: ForeignError.self) { try MetaFile(Array(yaml.utf8), path: "meta.yaml") }
  }

  @Test func aRefusalNamesFileAndLine() {
    let error = refusal { _ = try MetaFile(Array("a: b\nk: !!python/name:os.system x\n".utf8), path: "m/meta.yaml") }
    #expect(error?.description == "'m/meta.yaml': '!!python/name:os.system x' is more of YAML than MLflow writes (line 2)")
  }

  @Test func everyCutAndFlipEnds() throws {
    let path = Fixtures.path("foreign/mlflow-3-files/mlruns/models/xor/meta.yaml")
    let bytes = try wholeFile(path, limit: 1 << 20)
    for length in bytes.indices { _ = try? MetaFile(Array(bytes[..<length]), path: path) }
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << bit
        _ = try? MetaFile(flipped, path: path)
      }
    }
  }
}
