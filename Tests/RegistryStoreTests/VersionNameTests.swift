import RegistryStore
import Testing

@Suite("a version's name")
struct VersionNameTests {
  static let names: [(text: String, model: String, selector: VersionName.Selector)] = [
    ("3", "m", .number(3)), ("003", "m", .number(3)), ("9223372036854775807", "m", .number(.max)), ("latest", "m", .latest),
    ("name/3", "name", .number(3)), ("/3", "m", .number(3)), ("a/b/3", "a/b", .number(3)), ("name@champion", "name", .alias("champion")),
    ("@champion", "m", .alias("champion")), ("@latest", "m", .latest), ("name@latest", "name", .latest), ("name/latest", "name", .latest),
    ("name@3", "name", .alias("3")), ("champion", "m", .alias("champion")), ("LATEST", "m", .alias("LATEST")),
    ("best of 2026", "m", .alias("best of 2026")), ("후보", "m", .alias("후보")),
    ("이름/12", "이름", .number(12)), ("a@b@c", "a@b", .alias("c")), ("name with space@x", "name with space", .alias("x")),
  ]

  @Test("is read", arguments: names)
  func reads(name: (text: String, model: String, selector: VersionName.Selector)) throws {
    #expect(try VersionName(name.text, defaultModel: "m") == VersionName(model: name.model, name.selector))
  }

  @Test(
    "that is none is refused",
    arguments: [
      "", "0", "-1", "+3", "3.0", "1e3", " 3", "3 ", "0x3", "٣", "name/", "name/0", "name/-1", "name/x", "name@",
      "@",
      "/", "9223372036854775808", "name/9223372036854775808", "a:b", "name ", "-x", "_x",
    ])
  func illegal(text: String) {
    #expect(throws: StoreError.illegalVersionName(text)) { try VersionName(text) }
  }
}
