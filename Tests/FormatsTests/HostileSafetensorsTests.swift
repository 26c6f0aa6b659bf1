import Formats
import Testing

/// A safetensors file and why it is refused.
struct SafetensorsAttack: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let problem: FormatError.Reason

  init(_ name: String, _ header: String, data: Int = 4, _ problem: SafetensorsProblem) {
    (testDescription, bytes, self.problem) = (name, safetensors(header, data: data), .safetensors(problem))
  }
  init(_ name: String, json header: String, _ problem: JSONProblem) {
    (testDescription, bytes, self.problem) = (name, safetensors(header, data: 4), .json(problem))
  }
  init(_ name: String, bytes: [UInt8], _ problem: SafetensorsProblem) {
    (testDescription, self.bytes, self.problem) = (name, bytes, .safetensors(problem))
  }
}

@Suite("Hostile safetensors files")
struct HostileSafetensorsTests {
  /// The length of the header stands first: 0x4b50 are the letters PK, and 0x..7d80 … begin like pickles.
  @Test("a header whose length begins like another format is a header", arguments: [0x4b50, 0x1_4b50, 0x95_0280, 0x8a_0280])
  func lengthLikeAnotherFormat(length: Int) throws {
    let header = #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let file = safetensors(header + String(repeating: " ", count: length - header.utf8.count), data: 4)
    #expect(refusal(file) == nil)
  }

  @Test("a key is refused: there is one dictionary")
  func key() {
    let file = safetensors(#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 4)
    #expect(refusal(file, key: "ema")?.reason == .safetensors(.noKeys("ema")))
  }

  static func one(_ fields: String) -> String { "{\"w\":{\(fields)}}" }
  static let harmless = one("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]")
  static func offsets(_ first: String, _ second: String) -> String {
    "{\"v\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":\(first)},\"w\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":\(second)}}"
  }

  static let attacks: [SafetensorsAttack] = [
    // The frame
    SafetensorsAttack("no bytes", bytes: [], .tooShort),
    SafetensorsAttack("seven bytes", bytes: [1, 0, 0, 0, 0, 0, 0], .tooShort),
    SafetensorsAttack("a header of 2^64 - 1 bytes", bytes: le(UInt64.max), .headerTooLong(bytes: .max, limit: 100_000_000)),
    SafetensorsAttack(
      "a header of 100,000,001 bytes", bytes: le(100_000_001 as UInt64) + [0x7b], .headerTooLong(bytes: 100_000_001, limit: 100_000_000)),
    SafetensorsAttack("a header beyond the end", bytes: le(3 as UInt64) + [0x7b, 0x7d], .headerBeyondEnd(bytes: 3)),
    SafetensorsAttack("an empty header", bytes: le(0 as UInt64), .headerStart),
    SafetensorsAttack("a space before the header", " {}", data: 0, .headerStart),
    SafetensorsAttack("a byte order mark before the header", "\u{feff}{}", data: 0, .headerStart),
    SafetensorsAttack("an array as header", "[]", data: 0, .headerStart),
    // Its JSON
    SafetensorsAttack("a header cut off", json: "{\"w\":{\"dtype\":\"F32\"", .truncated),
    SafetensorsAttack("a comma at the end", json: "{\"__metadata__\":{},}", .expected("'\"'")),
    SafetensorsAttack("text behind the brace", json: "{}x", .trailingText),
    SafetensorsAttack("NUL behind the brace", json: "{}\u{0}", .trailingText),
    SafetensorsAttack("a number as tensor", json: "{\"w\":1}", .expected("'{'")),
    SafetensorsAttack("an empty tensor", json: "{\"w\":{}}", .expected("'\"'")),
    SafetensorsAttack("a metadata value that is a number", json: "{\"__metadata__\":{\"a\":1}}", .expected("'\"'")),
    SafetensorsAttack("a metadata value that is null", json: "{\"__metadata__\":{\"a\":null}}", .expected("'\"'")),
    SafetensorsAttack("metadata that are a text", json: "{\"__metadata__\":\"a\"}", .expected("'{'")),
    SafetensorsAttack("a control character in a name", json: "{\"a\nb\":{}}", .badString),
    SafetensorsAttack("an unknown escape", json: "{\"a\\x\":{}}", .badString),
    SafetensorsAttack("a lone surrogate", json: "{\"\\ud800\":{}}", .badString),
    SafetensorsAttack("a low surrogate first", json: "{\"\\udc00\\ud800\":{}}", .badString),
    SafetensorsAttack("an escape of three digits", json: "{\"\\u12\":{}}", .badString),
    SafetensorsAttack("an escape cut off", json: "{\"\\u1", .truncated),
    SafetensorsAttack("a negative dimension", json: one("\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]"), .badNumber),
    SafetensorsAttack("a fraction", json: one("\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]"), .badNumber),
    SafetensorsAttack("an exponent", json: one("\"dtype\":\"F32\",\"shape\":[1e0],\"data_offsets\":[0,4]"), .badNumber),
    SafetensorsAttack("a leading zero", json: one("\"dtype\":\"F32\",\"shape\":[01],\"data_offsets\":[0,4]"), .badNumber),
    SafetensorsAttack(
      "a dimension of 2^64", json: one("\"dtype\":\"F32\",\"shape\":[18446744073709551616],\"data_offsets\":[0,4]"), .numberTooLarge),
    // Its fields
    SafetensorsAttack("a deep nest", "{\"w\":" + String(repeating: "{\"w\":", count: 100_000), .unknownField(tensor: "w", field: "w")),
    SafetensorsAttack(
      "a tensor twice",
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
      .duplicateName("w")),
    SafetensorsAttack(
      "a tensor twice, once escaped",
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"\\u0077\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}",
      .duplicateName("w")),
    SafetensorsAttack("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", data: 0, .duplicateName("__metadata__")),
    SafetensorsAttack("a metadata key twice", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", data: 0, .duplicateName("a")),
    SafetensorsAttack(
      "a field twice", one("\"dtype\":\"F32\",\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,4]"), .duplicateName("dtype")),
    SafetensorsAttack(
      "an unknown field", one("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1"), .unknownField(tensor: "w", field: "x")),
    SafetensorsAttack("no dtype", one("\"shape\":[1],\"data_offsets\":[0,4]"), .missingField(tensor: "w", field: "dtype")),
    SafetensorsAttack("no shape", one("\"dtype\":\"F32\",\"data_offsets\":[0,4]"), .missingField(tensor: "w", field: "shape")),
    SafetensorsAttack("no offsets", one("\"dtype\":\"F32\",\"shape\":[1]"), .missingField(tensor: "w", field: "data_offsets")),
    SafetensorsAttack(
      "an unknown dtype", one("\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]"), .unknownDType(tensor: "w", dtype: "f32")),
    SafetensorsAttack(
      "a dtype of half a byte", one("\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,1]"), .unknownDType(tensor: "w", dtype: "F4")),
    SafetensorsAttack(
      "a dtype that only torch has", one("\"dtype\":\"C128\",\"shape\":[1],\"data_offsets\":[0,16]"),
      .unknownDType(tensor: "w", dtype: "C128")),
    SafetensorsAttack("one offset", one("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]"), .offsetCount(tensor: "w")),
    SafetensorsAttack("three offsets", one("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]"), .offsetCount(tensor: "w")),
    SafetensorsAttack(
      "65 dimensions",
      one("\"dtype\":\"F32\",\"shape\":[\(Array(repeating: "1", count: 65).joined(separator: ","))],\"data_offsets\":[0,4]"),
      .tooManyDimensions(tensor: "w")),
    // Its offsets
    SafetensorsAttack(
      "a shape beyond 2^63", one("\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]"),
      .illegalShape(tensor: "w", shape: [1 << 32, 1 << 32])),
    SafetensorsAttack(
      "a shape larger than its data", one("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]"),
      .wrongSize(tensor: "w", needed: 8, got: 4)),
    SafetensorsAttack(
      "offsets backwards", one("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]"), .backwardOffsets(tensor: "w", begin: 4, end: 0)),
    SafetensorsAttack(
      "an end beyond the file", one("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]"), .beyondEnd(tensor: "w", end: 8, available: 4)
    ),
    SafetensorsAttack(
      "an end at 2^63 - 1", one("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9223372036854775807]"),
      .beyondEnd(tensor: "w", end: .max, available: 4)),
    SafetensorsAttack("a hole at the start", offsets("[1,3]", "[3,5]"), data: 5, .hole(tensor: "v", begin: 1, previousEnd: 0)),
    SafetensorsAttack("a hole in the middle", offsets("[0,2]", "[3,5]"), data: 5, .hole(tensor: "w", begin: 3, previousEnd: 2)),
    SafetensorsAttack("an overlap", offsets("[0,2]", "[1,3]"), data: 3, .overlap(tensor: "w", begin: 1, previousEnd: 2)),
    SafetensorsAttack(
      "two tensors over the same bytes", offsets("[0,2]", "[0,2]"), data: 2, .overlap(tensor: "w", begin: 0, previousEnd: 2)),
    SafetensorsAttack("a byte left over", harmless, data: 5, .trailingBytes(1)),
    SafetensorsAttack("data without tensors", "{}", data: 1, .trailingBytes(1)),
  ]

  @Test("is refused for what it does", arguments: attacks)
  func attack(_ attack: SafetensorsAttack) {
    // By its reader: the door that tells formats apart would refuse some earlier.
    let error = #expect(throws: FormatError.self) { try SafetensorsFile(InputFile(bytes: attack.bytes, name: "f")) }
    #expect(error?.reason == attack.problem)
    #expect(error?.offset != nil)
  }

  @Test("the crafted file without an attack is accepted, padded and out of order too")
  func harmless() {
    #expect(refusal(safetensors(Self.harmless, data: 4)) == nil)
    #expect(refusal(safetensors(Self.harmless + "   \n", data: 4)) == nil)
    #expect(refusal(safetensors("{}")) == nil)
    #expect(refusal(safetensors(Self.offsets("[2,4]", "[0,2]"), data: 4)) == nil)
    #expect(refusal(safetensors("{ \"__metadata__\" : { } }")) == nil)
  }

  @Test("a header that is not UTF-8 is refused")
  func notUTF8() {
    let header = cat(Array("{\"".utf8), [0xff], Array("\":{}}".utf8))
    #expect(refusal(le(UInt64(header.count)) + header)?.reason == .json(.badString))
  }

  @Test("escapes mean their characters")
  func escapes() throws {
    let header = #"{"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#
    let file = try SafetensorsFile(InputFile(bytes: safetensors(header), name: "f"))
    #expect(file.tensors.map(\.name) == ["é\u{1f600}\"\\/\u{8}\u{c}\n\r\t"])
  }
}
