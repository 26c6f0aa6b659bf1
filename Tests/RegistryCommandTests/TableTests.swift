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

  @Test("leaves out the highest rank first, then cuts texts, then leaves out from the right")
  func order() {
    #expect(table.render(width: 76).omitted.isEmpty)
    #expect(table.render(width: 75).omitted == ["dataset"])
    #expect(table.render(width: 60).omitted == ["dataset", "seed"])
    #expect(table.render(width: 40).omitted == ["dataset", "seed"])
    #expect(table.render(width: 40).text.contains("…"))
    #expect(table.render(width: 24).omitted == ["dataset", "seed", "test_loss"])
    #expect(table.render(width: 5).text == "vers…\n    3\n   12\n")
  }

  @Test("keeps its headings for rows that come later, with room for them where there is some")
  func laterRows() {
    let layout = table.layout(width: 60)
    let later = Table(columns: table.columns, rows: [[.integer(1_234_567_890), .text("x"), .integer(1), .text("y"), .real(1)]])
    #expect(later.body(later.widened(layout, width: 60), width: 60).split(separator: "\n").allSatisfy { $0.count <= 60 })
    #expect(later.body(later.widened(layout, width: 80), width: 80).contains("1234567890  y"))
  }

  @Test("colours the headings alone, and only if told")
  func colours() {
    #expect(table.render(width: 80, isColored: true).text.hasPrefix("\u{1b}[1mversion"))
    #expect(table.render(width: 80, isColored: true).text.split(separator: "\n").dropFirst().allSatisfy { !$0.contains("\u{1b}") })
    #expect(!table.render(width: 80).text.contains("\u{1b}"))
  }
}
