import Foundation
import TestSupport
import Testing

/// What is generated from the program's help: README's reference, the man page, the completions.
struct CommandDocumentationTests {
  @Test("README's command reference and the man page say what --help says; `make docs` writes them")
  func reference() throws {
    let script = ReadmeTests.root.appending(path: "Scripts/reference.py").path
    let result = try run("python3", [script, ReadmeTests.products.appending(path: "registry").path, "--check"])
    #expect(result.status == 0, "\(result.stderr)")
  }

  @Test("the help of every command that does something has an example")
  func examples() throws {
    struct Help: Decodable {
      let command: Command
    }
    struct Command: Decodable {
      let commandName: String
      let discussion: String?
      let subcommands: [Command]?

      /// The commands without subcommands, and without an example.
      func speechless(_ path: String = "") -> [String] {
        let path = path.isEmpty ? commandName : "\(path) \(commandName)"
        let children = (subcommands ?? []).filter { $0.commandName != "help" }
        if !children.isEmpty { return children.flatMap { $0.speechless(path) } }
        return discussion?.contains(path) == true ? [] : [path]
      }
    }
    let result = try run(ReadmeTests.products.appending(path: "registry").path, ["--experimental-dump-help"])
    let help = try JSONDecoder().decode(Help.self, from: Data(result.stdout.utf8))
    #expect(help.command.speechless() == [])
  }

  @Test("the man page has no warnings")
  func manPage() throws {
    let result = try run("mandoc", ["-T", "lint", "-W", "warning", ReadmeTests.root.appending(path: "docs/registry.1").path])
    #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
  }

  @Test(
    "make install's script puts the program, the man page and completions that their shells can read where they look for them",
    arguments: [
      ("bash", "bash-completion/completions/registry"), ("zsh", "zsh/site-functions/_registry"),
      ("fish", "fish/vendor_completions.d/registry.fish"),
    ])
  func install(shell: String, file: String) throws {
    let folder = try TemporaryFolder()
    let script = ReadmeTests.root.appending(path: "Scripts/place.sh").path
    let placed = try run("bash", [script, ReadmeTests.products.appending(path: "registry").path, folder.url.path])
    #expect(placed.status == 0, "\(placed.stderr)")
    #expect(try run(folder.path("bin/registry"), ["--version"]).status == 0)
    #expect(FileManager.default.fileExists(atPath: folder.path("share/man/man1/registry.1")))
    let completions = folder.path("share/\(file)")
    #expect(try String(contentsOfFile: completions, encoding: .utf8).contains("predict"))
    let read = try run(shell, ["-n", completions])
    #expect(read.status == 0 && read.stderr == "", "\(read.stderr)")
  }
}
