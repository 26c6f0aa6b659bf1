import Tensors
import Testing

@Suite("a state_dict")
struct StateDictTests {
  private let one = Tensor([UInt8(1)])
  private let two = Tensor([UInt8(2)])

  @Test("has the digest that Python computes over netstrings of names and the tensors' digests")
  func digest() throws {
    let stateDict = try StateDict([("a", one), ("층", two)])
    #expect(stateDict.digest.hex == "cce3d91a581cb5ddf3bdf2f0eb8370be3164136dae13ede485d3eb2d62f01900")
    #expect(StateDict.digest(of: [("a", one.digest), ("층", two.digest)]) == stateDict.digest)
  }

  @Test("changes its digest with a name, the order and the content")
  func digestCoversEverything() throws {
    let variants = try [
      StateDict(), StateDict([("a", one)]), StateDict([("b", one)]), StateDict([("a", two)]),
      StateDict([("a", one), ("b", two)]), StateDict([("b", two), ("a", one)]), StateDict([("a", two), ("b", one)]),
      StateDict([("", one)]), StateDict([("a\(one.digest)1:b", two)]),
    ]
    #expect(Set(variants.map(\.digest)).count == variants.count)
  }

  @Test(
    "feeds strings to the digest so that no two lists of them are one",
    arguments: [(["ab", "c"], ["a", "bc"]), (["a", ""], ["a"]), (["1:a"], ["1", "a"]), (["", ""], [""]), (["a2:bc"], ["a", "bc"])]
      as [([String], [String])])
  func netstrings(first: [String], second: [String]) {
    func digest(_ strings: [String]) -> Digest {
      var builder = DigestBuilder()
      for string in strings { builder.update(netstring: string) }
      return builder.finalize()
    }
    #expect(digest(first) != digest(second))
  }

  @Test("keeps its order and finds by name")
  func order() throws {
    var stateDict = try StateDict([("z", one), ("a", two)])
    try stateDict.append("m", Tensor([Float](arrayLiteral: 1, 2, 3)))
    #expect(stateDict.names == ["z", "a", "m"])
    #expect(stateDict.entries.map(\.name) == stateDict.names)
    #expect(stateDict["a"] == two)
    #expect(stateDict["b"] == nil)
    #expect(stateDict.count == 3)
    #expect(stateDict.parameterCount == 5)
  }

  @Test("refuses a name that is taken and stays as it was")
  func duplicates() throws {
    #expect(throws: StateDictError.duplicate("a")) { try StateDict([("a", one), ("b", two), ("a", two)]) }
    var stateDict = try StateDict([("a", one)])
    #expect(throws: StateDictError.duplicate("a")) { try stateDict.append("a", two) }
    #expect(try stateDict == StateDict([("a", one)]))
  }

  struct Misfit: Sendable, CustomTestStringConvertible {
    let pairs: [(name: String, tensor: Tensor)]
    let error: StateDictError
    let says: String
    var testDescription: String { says }
  }

  static let weight = Tensor([Float](repeating: 0, count: 10)).reshaped([5, 2])
  static let bias = Tensor([Float](repeating: 0, count: 5))
  static let misfits = [
    Misfit(
      pairs: [("w", weight)], error: .keys(missing: ["b"], unexpected: []), says: "the state_dict does not fit: missing 'b'"),
    Misfit(
      pairs: [("w", weight), ("b", bias), ("c", bias)], error: .keys(missing: [], unexpected: ["c"]),
      says: "the state_dict does not fit: unexpected 'c'"),
    Misfit(
      pairs: [("W", weight), ("b", bias)], error: .keys(missing: ["w"], unexpected: ["W"]),
      says: "the state_dict does not fit: missing 'w', unexpected 'W'"),
    Misfit(
      pairs: [("w", weight.reshaped([2, 5])), ("b", bias)], error: .shape(name: "w", needed: [5, 2], got: [2, 5]),
      says: "'w' has shape [2, 5], the net needs [5, 2]"),
    Misfit(
      pairs: [("b", bias.reshaped([5, 1])), ("w", weight)], error: .shape(name: "b", needed: [5], got: [5, 1]),
      says: "'b' has shape [5, 1], the net needs [5]"),
    Misfit(
      pairs: [("w", weight), ("b", Tensor([Double](repeating: 0, count: 5)))], error: .dtype(name: "b", needed: .float32, got: .float64),
      says: "'b' is F64, the net needs F32"),
  ]

  @Test("says what does not fit, both shapes included", arguments: misfits)
  func verify(misfit: Misfit) throws {
    let stateDict = try StateDict(misfit.pairs)
    #expect(throws: misfit.error) { try stateDict.verify(matches: [("w", [5, 2]), ("b", [5])], dtype: .float32) }
    #expect(misfit.error.description == misfit.says)
  }

  @Test("fits in any order")
  func verifyOrder() throws {
    try StateDict([("b", Self.bias), ("w", Self.weight)]).verify(matches: [("w", [5, 2]), ("b", [5])], dtype: .float32)
  }

  @Test("shortens a long list of names")
  func longLists() {
    let error = StateDictError.keys(missing: (0..<11).map { "k\($0)" }, unexpected: [])
    #expect(error.description.hasSuffix("'k7' and 3 more"))
  }

  @Test("a digest is 64 lower-case hexadecimal digits")
  func digestText() {
    let hex = String(repeating: "0123456789abcdef", count: 4)
    #expect(Digest(hex: hex)?.description == hex)
    let wrong = [
      "", String(hex.dropLast()), hex + "0", hex.uppercased(), "g" + hex.dropFirst(), " " + hex.dropFirst(), "é" + hex.dropFirst(2),
    ]
    for text in wrong { #expect(Digest(hex: text) == nil, "\(text)") }
  }
}
