public import Testing

/// A command that must be refused: with these words, this exit code, nothing on standard output, and nothing left behind.
public struct Refusal: Sendable, CustomTestStringConvertible {
  public let testDescription: String
  public let arguments: [String]
  public let code: Int32
  /// The first line on standard error, after `Error: `.
  public let error: String
  public let hint: String?
  /// Written into the folder before.
  public let files: [String: String]

  public init(_ arguments: String..., code: Int32, error: String, hint: String? = nil, files: [String: String] = [:], name: String? = nil) {
    testDescription = name ?? arguments.joined(separator: " ")
    self.arguments = arguments
    self.code = code
    self.error = error
    self.hint = hint
    self.files = files
  }

  public init(arguments: [String], code: Int32, error: String, hint: String? = nil, files: [String: String] = [:]) {
    testDescription = arguments.joined(separator: " ")
    (self.arguments, self.code, self.error, self.hint, self.files) = (arguments, code, error, hint, files)
  }

  public func check(in program: Program) throws {
    for (name, text) in files { try program.folder.write(name, text) }
    let before = try program.files()
    let result = try program(arguments)
    #expect(result.status == code)
    #expect(result.errorLine == "Error: \(error)")
    #expect(result.stdout == "")
    let rest = result.stderr.split(separator: "\n").dropFirst().map(String.init)
    #expect(rest.count <= 1 && rest.allSatisfy { $0.hasPrefix("  hint: ") }, "an error is one line, or two with its hint")
    if let hint { #expect(rest == ["  hint: \(hint)"]) }
    #expect(try program.files() == before, "nothing is made, changed or left over")
  }
}
