internal import Foundation

/// A JSON text as a value that tests can look into.
@dynamicMemberLookup
public enum JSON: Decodable, Equatable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  public init(_ text: String) throws { self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  public var number: Double? { if case .number(let value) = self { value } else { nil } }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var array: [JSON] { if case .array(let value) = self { value } else { [] } }
  public var keys: Set<String> { if case .object(let value) = self { Set(value.keys) } else { [] } }
  /// The numbers of an array, of nested ones in their order.
  public var numbers: [Double] { number.map { [$0] } ?? array.flatMap(\.numbers) }

  public subscript(dynamicMember key: String) -> JSON? { self[key] }
  public subscript(key: String) -> JSON? { if case .object(let value) = self { value[key] } else { nil } }
}

extension ProcessResult {
  /// Standard output as JSON.
  public func json() throws -> JSON { try JSON(stdout) }

  public var lines: [String] { stdout.split(separator: "\n").map(String.init) }

  /// What an error's first line says.
  public var errorLine: String { stderr.split(separator: "\n").first.map(String.init) ?? "" }
}
