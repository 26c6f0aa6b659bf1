import Testing

@testable import ModelRegistry

struct OrderTests {
  @Test(
    "every column of an order gets its NULLs last, and what isn't a plain column stays as it is",
    arguments: [
      ("test_loss", "test_loss NULLS LAST"),
      ("test_loss, seed", "test_loss NULLS LAST, seed NULLS LAST"),
      ("test_loss DESC,seed asc", "test_loss DESC NULLS LAST,seed asc NULLS LAST"),
      ("test_loss NULLS FIRST, seed", "test_loss NULLS FIRST, seed NULLS LAST"),
      ("max(test_loss, seed), 'a,b', run", "max(test_loss, seed), 'a,b', run NULLS LAST"),
      ("-test_loss", "-test_loss"),
    ])
  func nullsLast(order: String, wanted: String) {
    #expect(Registry.nullsLast(order) == wanted)
  }
}
