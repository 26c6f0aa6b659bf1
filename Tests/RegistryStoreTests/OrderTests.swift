import SQLite
import StoreTestSupport
import Testing

@testable import RegistryStore

struct OrderTests {
  @Test(
    "every term of an order gets its NULLs last, unless it says otherwise",
    arguments: [
      ("test_loss", "test_loss\nNULLS LAST"),
      ("test_loss, seed", "test_loss\nNULLS LAST, seed\nNULLS LAST"),
      ("test_loss DESC,seed asc", "test_loss DESC\nNULLS LAST,seed asc\nNULLS LAST"),
      ("test_loss NULLS FIRST, seed", "test_loss NULLS FIRST, seed\nNULLS LAST"),
      ("max(test_loss, seed), 'a,b', run", "max(test_loss, seed)\nNULLS LAST, 'a,b'\nNULLS LAST, run\nNULLS LAST"),
      ("-test_loss -- a, b", "-test_loss -- a, b\nNULLS LAST"),
      ("[seed] /* a, b */ desc, `run` collate nocase", "[seed] /* a, b */ desc\nNULLS LAST, `run` collate nocase\nNULLS LAST"),
      ("params.lr DESC, seed", "\"params.0\" DESC\nNULLS LAST, seed\nNULLS LAST"),
    ])
  func nullsLast(order: String, wanted: String) throws {
    let stored = try StoredRegistry()
    var expressions = ListExpressions(ListSubject.versions.table(includesDeleted: false), columns: [], functions: [])
    #expect(try expressions.order(order, stored.registry.connection).terms == wanted)
  }
}
