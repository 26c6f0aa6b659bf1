import Testing

@testable import RegistryStore

struct TensorShapeTests {
  @Test(
    "a shape is read from its JSON text",
    arguments: [
      ("[]", []), ("[0]", [0]), ("[5,2]", [5, 2]), ("[9223372036854775807]", [Int.max]), ("[1,2,3,4,5,6,7,8]", Array(1...8)),
    ] as [(String, [Int])])
  func legal(json: String, shape: [Int]) {
    #expect(Registry.shape(json: json) == shape)
  }

  @Test(
    "a text that no shape is written as is refused",
    arguments: [
      "", "[", "]", "5", "[5", "5]", "[,]", "[5,]", "[,5]", "[5,,2]", "[-1]", "[+5]", "[5, 2]", "[5.0]", "[[5]]", "[5]3]", "{}", "[é]",
      "[9223372036854775808]", "[99999999999999999999]", "[" + String(repeating: "1,", count: 1100) + "1]",
    ])
  func illegal(json: String) {
    #expect(Registry.shape(json: json) == nil)
  }
}
