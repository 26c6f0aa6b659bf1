import Testing

@testable import ArgumentParser
@testable import registry

/// What the parser checks at each start of a debug build alone, and nothing checks in the builds that are tested and used.
struct CommandValidityTests {
  @Test("no command names an option twice, or takes arguments behind those that take all")
  func valid() throws {
    var commands: [any ParsableCommand.Type] = [RootCommand.self]
    var count = 0
    while let command = commands.popLast() {
      try check(command)
      commands += command.configuration.subcommands
      count += 1
    }
    #expect(count > 20)
  }

  private func check(_ arguments: any ParsableArguments.Type) throws {
    try arguments._validate(parent: nil)
    for case let group as any Group in Mirror(reflecting: arguments.init()).children.map(\.value) { try check(type(of: group).arguments) }
  }
}

private protocol Group {
  static var arguments: any ParsableArguments.Type { get }
}

extension OptionGroup: Group {
  fileprivate static var arguments: any ParsableArguments.Type { Value.self }
}
