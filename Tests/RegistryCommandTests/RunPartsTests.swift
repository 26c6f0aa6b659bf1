import Foundation
import TestSupport
import Testing

@testable import registry

/// The parts of `registry run` that start nothing.
struct RunPartsTests {
  static let arguments: [(command: [String], params: [String])] = [
    (["python", "train.py", "--lr", "0.10", "--epochs=5", "--flag", "-x", "3"], ["lr=0.10", "epochs=5", "flag=true", "x=3"]),
    (["python3", "-u", "-m", "pkg.train", "--learning-rate", "1e-3"], ["learning_rate=1e-3"]),
    (["python3", "-c", "print(1)", "--lr", "2"], ["lr=2"]),
    (["torchrun", "--nproc-per-node", "2", "train.py", "--shift", "-0.5", "--no-cache"], ["shift=-0.5", "no_cache=true"]),
    (["./train", "lr=0.1", "model.depth=3", "+extra=a=b", "data.csv", "--", "--not"], ["lr=0.1", "model.depth=3", "extra=a=b"]),
    (["./train", "--hidden", "64", "32", "--name", "two words", "--lr", "1", "--lr", "2"], ["hidden=64 32", "name=two words", "lr=2"]),
    (["./train", "--password", "abc", "--api-key=x", "--max-tokens", "512"], ["password=***", "api_key=***", "max_tokens=512"]),
    (
      [
        "./train", "--password", "123456", "--token=987654", "API_KEY=hunter2", "db.password=swordfish", "--openai-key", "7", "8",
        "--authToken",
        "x", "key=3", "--max_tokens=9",
      ],
      [
        "password=***", "token=***", "API_KEY=***", "db.password=***", "openai_key=***", "authToken=***", "key=3", "max_tokens=9",
      ]
    ),
    (["sh", "-c", "echo $1", "x", "--lr", "3"], ["lr=3"]), (["./train"], []), (["./train", "-", "--"], []),
  ]

  @Test("params are what the arguments say", arguments: arguments)
  func params(example: (command: [String], params: [String])) {
    #expect(CommandParams.params(example.command).map { "\($0.key)=\($0.value)" } == example.params)
  }

  @Test("the source is the command line for a shell, without secrets")
  func source() {
    #expect(
      CommandParams.source(["a b", "--x", "it's", "--token", "abc", "--api-key=def"])
        == "'a b' --x 'it'\\''s' --token '***' '--api-key=***'")
    #expect(
      CommandParams.source([
        "env", "WANDB_API_KEY=a1", "python", "x.py", "--password", "123456", "--token=987654", "+db.password=swordfish", "--openai-key",
        "7", "8",
        "--lr", "9", "--max-tokens", "5", "key=3",
      ])
        == "env 'WANDB_API_KEY=***' python x.py --password '***' '--token=***' '+db.password=***' --openai-key '***' '***' --lr 9 --max-tokens 5 key=3"
    )
  }

  @Test("a pattern of files goes into folders as shells do")
  func filePattern() throws {
    let folder = try TemporaryFolder()
    for path in ["a/b/c", "d"] {
      try FileManager.default.createDirectory(atPath: folder.path(path), withIntermediateDirectories: true)
    }
    for path in ["1.txt", ".2.txt", "a/3.txt", "a/b/4.txt", "a/b/c/5.txt", "a/b/c/6.md", "d/[7].txt"] { try folder.write(path, "") }
    try FileManager.default.createSymbolicLink(atPath: folder.path("a/b/loop"), withDestinationPath: folder.path("a"))
    let root = folder.path("")
    func found(_ pattern: String) -> [String] {
      FilePattern(root + (root.hasSuffix("/") ? "" : "/") + pattern).matches().map {
        String($0.dropFirst(root.count + (root.hasSuffix("/") ? 0 : 1)))
      }
    }
    #expect(found("*.txt") == ["1.txt"])
    #expect(found("**/*.txt") == ["1.txt", "a/3.txt", "a/b/4.txt", "a/b/c/5.txt", "d/[7].txt"])
    #expect(found("a/**") == ["a/3.txt", "a/b", "a/b/4.txt", "a/b/c", "a/b/c/5.txt", "a/b/c/6.md"] || found("a/**").contains("a/b/loop"))
    #expect(found("a/*/c/?.[mt]*") == ["a/b/c/5.txt", "a/b/c/6.md"])
    #expect(found("./a/./3.txt") == ["a/3.txt"])
    #expect(found("d/\\[7\\].txt") == ["d/[7].txt"])
    #expect(found("none") == [] && found("none/*") == [])
  }
}
