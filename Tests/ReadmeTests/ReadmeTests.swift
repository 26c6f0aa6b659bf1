import Foundation
import TestSupport
import Testing

/// README.md and the pages of docs/ say what is true: the commands of each run in order in one folder, README's Swift program is compiled and run.
struct ReadmeTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// Where the programs stand that were built together with these tests.
  static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  let page: String
  let fences: [Fence]

  init() throws {
    page = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    fences = Fence.all(in: page)
  }

  @Test(
    "every command works and prints what stands below it",
    arguments: ["README.md", "docs/log.md", "docs/run.md", "docs/import-runs.md"])
  func commands(page: String) throws {
    let fences = Fence.all(in: try String(contentsOf: Self.root.appending(path: page), encoding: .utf8))
    let folder = try TemporaryFolder()
    // As in a clone: the page names the CSV files under Tests/.
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "Tests"), withDestinationURL: Self.root.appending(path: "Tests"))
    let steps = fences.filter { $0.language == "console" }.flatMap(\.steps)
    #expect(steps.count > 3)
    for step in steps {
      guard let script = shellText(of: step) else { continue }
      let result = try run("bash", ["-c", "exec 2>&1\n\(script)"], environment: environment(home: folder.url), in: folder.url)
      #expect(result.status == 0, "\(page):\(step.line): \(step.command)\n\(result.stdout)")
      guard !step.output.isEmpty else { continue }
      let mismatch = OutputMatch.mismatch(shown: step.output, printed: result.stdout)
      #expect(mismatch == nil, "\(page):\(step.line): \(step.command)\n\(result.stdout)")
    }
  }

  /// What is run for a step.  `make demo` and `swift run` would build again what is built; `make test` is what runs this.
  private func shellText(of step: Step) -> String? {
    switch step.command {
    case "make demo": "bash '\(Self.root.path)/Scripts/demo.sh'"
    case "make test": nil
    case "swift run": "ReadmeExample"
    case "swift run Line": "ReadmeLogExample"
    default: step.command.hasPrefix("timeout -s INT 2 ") ? interrupted(step.command) : step.command
    }
  }

  /// The same, but that the signal waits for the command's first line instead of two seconds: it may take longer to start.
  private func interrupted(_ command: String) -> String {
    let rest = command.dropFirst("timeout -s INT 2 ".count)
    guard let redirection = rest.firstRange(of: " > "), let end = rest.firstRange(of: "; ") else { return command }
    let file = rest[redirection.upperBound...].prefix { $0 != " " }
    // A shell's background processes ignore SIGINT.
    return """
      env --default-signal=INT \(rest[..<end.lowerBound]) &
      until [ -s \(file) ] || ! kill -0 $!; do sleep 0.05; done
      kill -INT $!
      wait $!
      [ $? = 130 ] && (exit 124)
      \(rest[end.upperBound...])
      """
  }

  /// The built programs first on PATH, and nothing of whoever runs this.
  private func environment(home: URL) -> [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return ["PATH": "\(Self.products.path):\(path)", "REGISTRY_DB": "", "HOME": home.path, "LC_ALL": "C.UTF-8"]
  }

  @Test("no command stands in a block that isn't run")
  func languages() {
    let known: Set = ["console", "swift", "text"]
    for fence in fences { #expect(known.contains(fence.language), "README.md:\(fence.line): ```\(fence.language)") }
  }

  @Test("the Swift programs of the page are those that `swift run` stands for above", arguments: ["ReadmeExample", "ReadmeLogExample"])
  func swiftProgram(target: String) throws {
    let source = try String(contentsOf: Self.root.appending(path: "Tests/\(target)/main.swift"), encoding: .utf8)
    let programs = fences.filter { $0.language == "swift" && $0.lines.first?.hasPrefix("import ") == true }
    #expect(programs.contains { $0.lines.joined(separator: "\n") == source.trimmingCharacters(in: .newlines) })
  }

  @Test("the products that the page tells a package to depend on are there")
  func products() throws {
    let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
    let snippets = fences.filter { $0.language == "swift" }.flatMap(\.lines)
    let named = snippets.flatMap { $0.matches(of: /\.product\(name: "(\w+)", package: "(\w+)"\)/).map { (String($0.1), String($0.2)) } }
    #expect(!named.isEmpty)
    for (product, package) in named {
      #expect(manifest.contains(".library(name: \"\(product)\""))
      #expect(manifest.contains("name: \"\(package)\","))
    }
  }

  @Test("the exit codes of the page are the program's", arguments: [0, 1, 64, 65, 66, 73, 74, 75])
  func exitCodes(code: Int) {
    #expect(page.contains("| \(code) |"))
  }
}
