import OutputPatterns
import Testing

struct LinePatternTests {
  static let matches: [(String, String, [Double]?)] = [
    ("Train loss at {step} is {train_loss}", "Train loss at 100 is 0.6931471824645996", [100, 0.6931471824645996]),
    ("Train loss at {step} is {train_loss}", "INFO: Train  loss\tat 100   is 1e-3!", [100, 0.001]),
    ("Train loss at {step} is {train_loss}", "Train loss at 100 was 0.5", nil),
    ("loss {x}", "loss", nil),
    ("loss {x}", "loss  ", nil),
    ("loss {x}", "loss x loss 3", [3]),
    ("loss{x}", "loss-3", [-3]),
    ("loss-{x}", "loss-3", [3]),
    ("{x} ms", "took 0.5 ms", [0.5]),
    ("{x} ms", "took 1.2.5 ms", nil),
    ("{x}%", "at 45%", [45]),
    ("{_}loss{_}={x}", "the loss of it = 3; loss of that =4", [4]),
    ("a {_} b {x} {_} c {y}", "a 1 b b 2 c c 3", [2, 3]),
    ("a {_} b {x} {_} c {y}", "a 1 b b 2 c", nil),
    ("{{{x}}}", "{5}", [5]),
    ("loss: {x} ({y})", "loss: nan (-inf)", [.nan, -.infinity]),
    ("손실 {x}", "손실 0.5", [0.5]),
    ("{x}", "banana", nil),
    ("{x}", "v12", nil),
  ]

  @Test("a pattern is found anywhere in a line; blanks match blanks, {name} a number, {_} anything", arguments: matches)
  func match(pattern: String, line: String, numbers: [Double]?) throws {
    let found = try LinePattern(pattern).numbers(in: line)
    #expect(found?.map(\.bitPattern) == numbers?.map(\.bitPattern), "\(found ?? [])")
  }

  static let refusals: [(String, LinePatternError)] = [
    ("", .nothingNamed), ("loss", .nothingNamed), ("{_} a", .nothingNamed), ("{x", .unclosedBrace), ("x}", .strayBrace),
    ("{}", .illegalName("")), ("{a b}", .illegalName("a b")), ("{x} {x}", .twice("x")), ("{x}{y}", .adjacentNumbers("x", "y")),
    (String(repeating: "a", count: 1001) + "{x}", .tooLong(limit: 1000)),
  ]

  @Test("what can't be a pattern is refused with the reason", arguments: refusals)
  func refusal(text: String, error: LinePatternError) {
    #expect(throws: error) { try LinePattern(text) }
  }

  @Test("a pattern's step is the step of its numbers; without one they stand at the last step, or are counted")
  func steps() throws {
    let output = """
      Before Training, test loss is 0.72
      Train loss at 0 is 0.7
      Train loss at 100 is 0.6
      After Training, test loss is 0.05
      """
    let patterns = [
      "Train loss at {step} is {train_loss}", "Before Training, test loss is {test_loss_before}",
      "After Training, test loss is {test_loss}",
    ]
    #expect(
      try rows(output, patterns) == ["test_loss_before 0 0.72", "train_loss 0 0.7", "train_loss 100 0.6", "test_loss 100 0.05"])
    #expect(try rows("n 0.5\nn 0.4", ["n {n}"]) == ["n 0 0.5", "n 1 0.4"])
    #expect(try rows("at 3: 0.5\nv 0.4", ["at {epoch}: {x}", "v {y}"]) == ["x 3 0.5", "y 3 0.4"])
    #expect(try rows("3 7 0.5", ["{epoch} {step} {x}"]) == ["epoch 7 3.0", "x 7 0.5"])
  }

  @Test("with patterns the default ones are off, unless they are asked for; no patterns find nothing")
  func defaults() throws {
    #expect(try rows("epoch 1 loss: 0.5\nn 0.4", ["n {n}"]) == ["n 0 0.4"])
    #expect(try rows("epoch 1 loss: 0.5\nn 0.4", ["n {n}"], defaults: true) == ["loss 1 0.5", "n 1 0.4"])
    #expect(try rows("loss: 0.5", ["loss: {my_loss}"], defaults: true) == ["my_loss 0 0.5"])
    #expect(try rows("epoch 1 loss: 0.5", [], defaults: false) == [])
  }

  @Test("of a line that is written over the last counts")
  func refresh() throws {
    #expect(try rows("\rat 1: 3\rat 1: 2\rat 2: 1\rat 2: 0.5", ["at {step}: {x}"]) == ["x 1 2.0", "x 2 0.5"])
  }

  @Test(
    "matching takes time in proportion to the line, whatever it is", arguments: ["1", " ", "a", "a 1 ", "1.", "-", "e1", "{", "loss 1 "])
  func linearTime(unit: String) throws {
    let patterns = try ["{x} ms", " {x} b", "a {x} {_} a {y} b", "aaaaaaaaaaaaaaaaaab{x}", "{_} {x} {_} {y} {_} z{z}", "1{x} b"].map {
      try LinePattern($0)
    }
    func time(_ count: Int) -> Duration {
      let line = String(repeating: unit, count: count / unit.utf8.count) + "\n"
      var reader = OutputReader(patterns: patterns, usesDefaults: true)
      return ContinuousClock().measure { _ = reader.read(Array(line.utf8)[...]) }
    }
    // A square of this would be hours.
    #expect(time(1 << 17) < .seconds(10))
  }
}
