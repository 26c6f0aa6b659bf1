import ModelRegistry
import Testing

@testable import registry

@Suite("a table")
struct TableTests {
  private let table = Table(
    columns: [
      Table.Column(name: "version"), Table.Column(name: "dataset", rank: 5), Table.Column(name: "seed", rank: 3),
      Table.Column(name: "note"),
      Table.Column(name: "test_loss"),
    ],
    rows: [
      [.integer(3), .text("blobs-seed42"), .integer(42), .text("the one with the longest note of all"), .real(0.0865873)],
      [.integer(12), .text("blobs"), .null, .null, .real(.nan)],
    ])

  @Test("pads columns, numbers to the right")
  func alignment() {
    #expect(
      table.render(width: nil).text == """
        version  dataset       seed  note                                  test_loss
              3  blobs-seed42    42  the one with the longest note of all  0.0865873
             12  blobs            -  -                                           nan

        """)
  }

  @Test("keeps every text whole where nothing has a width, and pads no further than a column may be wide")
  func whole() {
    let (long, short) = (String(repeating: "n", count: 250), "s")
    let table = Table(
      columns: [.names("name"), Table.Column(name: "x")], rows: [[.text(long), .integer(1)], [.text(short), .integer(2)]])
    let lines = table.render(width: nil).text.split(separator: "\n")
    #expect(lines[1] == "\(long)  1" && lines[2].count == 203)
    #expect(table.render(width: 1000).text.split(separator: "\n")[1].contains("…"))
  }

  @Test("fits any width: no line is wider, what is cut has a sign, and what is left out is told", arguments: 1...90)
  func widths(width: Int) {
    let (text, omitted) = table.render(width: width)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    for line in lines { #expect(line.count <= width) }
    // What isn't there is named, and what is there is whole or ends in a sign.
    let headings = lines[0].split(separator: " ")
    #expect(headings.count + omitted.count == 5)
    for name in headings where !name.hasSuffix("…") { #expect(!omitted.contains(String(name))) }
    let shownNote = lines[1].contains("the one")
    if shownNote { #expect(lines[1].contains("longest note of all") || lines[1].contains("…")) }
    if !omitted.contains("test_loss"), headings.count > 1 { #expect(lines[1].hasSuffix("0.0865873")) }
  }

  @Test("cuts long texts to a quarter of the width, then leaves out the highest rank first, then from the right")
  func order() {
    #expect(table.render(width: 76).omitted.isEmpty)
    #expect(!table.render(width: 76).text.contains("…"))
    #expect(table.render(width: 75).omitted.isEmpty)
    #expect(table.render(width: 75).text.contains("the one with the longest note of a…"))
    #expect(table.render(width: 56).omitted.isEmpty)
    #expect(table.render(width: 55).omitted == ["dataset"])
    #expect(table.render(width: 40).omitted == ["dataset", "seed"])
    #expect(table.render(width: 40).text.contains("the one with the lo…"))
    #expect(table.render(width: 24).omitted == ["dataset", "seed", "test_loss"])
    #expect(table.render(width: 5).text == "vers…\n    3\n   12\n")
  }

  @Test("cuts names so that each can be told from the others", arguments: 30...60)
  func names(width: Int) {
    let names = ["linear_1.weight", "linear_1.bias", "linear_2.weight", "linear_2.bias", "linear_10.weight"]
    let table = Table(
      columns: [.names("name")] + ["l2", "max_abs", "cosine", "changed"].map { Table.Column(name: $0) },
      rows: names.map { [.text($0), .real(1.97241), .real(1.21278), .real(0.0421269), .real(0.5)] })
    let lines = table.render(width: width).text.split(separator: "\n").dropFirst()
    let shown = lines.map { String($0.prefix { $0 != " " }) }
    #expect(Set(shown).count == names.count)
    for (name, shown) in zip(names, shown) { #expect(name == shown || shown.contains("…") && name.hasSuffix(shown.suffix(4))) }
  }

  @Test("cuts the headings of numbers before it leaves columns out, but never a number")
  func headings() {
    let table = Table(
      columns: ["params.learning_rate", "params.weight_decay"].map { .names($0) }, rows: [[.real(0.03), .real(0.123456)]])
    #expect(table.render(width: 41).text == "params.learning_rate  params.weight_decay\n                0.03             0.123456\n")
    #expect(table.render(width: 26).text == "par…ing_rate  par…ht_decay\n        0.03      0.123456\n")
    #expect(table.render(width: 17).omitted == ["params.weight_decay"])
  }

  @Test("says below a section what has no room and how to see it")
  func section() {
    #expect(
      table.section(width: 26, hint: "--format json") == """
          version  note
                3  the one with t…
               12  -
          (not shown for lack of
           width: dataset, seed,
           test_loss; --format
           json shows them)

        """)
    #expect(table.section(width: nil, hint: "--format json").split(separator: "\n").count == 3)
  }

  @Test("keeps its headings for rows that come later, with room for them where there is some")
  func laterRows() {
    let layout = table.layout(width: 60)
    let later = Table(columns: table.columns, rows: [[.integer(1_234_567_890), .text("x"), .integer(1), .text("y"), .real(1)]])
    #expect(later.body(later.widened(layout, width: 60), width: 60).split(separator: "\n").allSatisfy { $0.count <= 60 })
    #expect(later.body(later.widened(layout, width: 80), width: 80).contains("1234567890  x"))
  }

  @Test("colours the headings alone, and only if told")
  func colours() {
    #expect(table.render(width: 80, isColored: true).text.hasPrefix("\u{1b}[1mversion"))
    #expect(table.render(width: 80, isColored: true).text.split(separator: "\n").dropFirst().allSatisfy { !$0.contains("\u{1b}") })
    #expect(!table.render(width: 80).text.contains("\u{1b}"))
  }
}
