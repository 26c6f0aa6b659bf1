import TestSupport
import Testing

/// Words that the program doesn't know.
@Suite("what is misspelt")
struct MisspeltTests {
  static let options = [
    Refusal("train", "--epoch", "5", code: 64, error: "unknown option '--epoch'. Did you mean '--epochs'?", hint: "registry train --help"),
    Refusal("train", "--epoch=5", code: 64, error: "unknown option '--epoch'. Did you mean '--epochs'?"),
    Refusal("list", "--limt", "5", code: 64, error: "unknown option '--limt'. Did you mean '--limit'?", hint: "registry list --help"),
    Refusal("list", "--ordr-by", "seed", "runs", code: 64, error: "unknown option '--ordr-by'. Did you mean '--order-by'?"),
    Refusal("show", "--modle", "xor", "3", code: 64, error: "unknown option '--modle'. Did you mean '--model'?"),
    Refusal("show", "3", "--nothing", "4", "5", code: 64, error: "unknown option '--nothing'."),
    Refusal("delete", "--modle", "xor", "3", code: 64, error: "unknown option '--modle'. Did you mean '--model'?"),
    Refusal("predict", "--vrsion", "3", "-1", "1", code: 64, error: "unknown option '--vrsion'. Did you mean '--version'?"),
    Refusal("predict", "--pont=1,2", code: 64, error: "unknown option '--pont'. Did you mean '--point'?"),
    Refusal(
      "alias", "set", "--resaon", "x", "champion", "3", code: 64, error: "unknown option '--resaon'. Did you mean '--reason'?",
      hint: "registry alias set --help"),
    Refusal("train", "--limt", "--epochs", "x", code: 64, error: "unknown option '--limt'."),
  ]

  @Test("as an option is called that, whatever stands behind it", arguments: options)
  func option(refusal: Refusal) throws { try refusal.check(in: Shared.tutorial().program) }

  static let helps = [
    Refusal("help", "nope", code: 64, error: "unexpected argument 'nope'.", hint: "did you mean note? registry --help"),
    Refusal("nope", "--help", code: 64, error: "unexpected argument 'nope'.", hint: "did you mean note? registry --help"),
    Refusal("lst", "-h", code: 64, error: "unexpected argument 'lst'.", hint: "did you mean list? registry --help"),
    Refusal(
      "help", "alias", "rolback", code: 64, error: "unexpected argument 'rolback'.", hint: "did you mean rollback? registry alias --help"),
    Refusal("alias", "nope", "--help", code: 64, error: "unexpected argument 'nope'.", hint: "registry alias --help"),
    Refusal("help", "train", "more", code: 64, error: "unexpected argument 'more'.", hint: "registry train --help"),
  ]

  @Test("as a subcommand has no help", arguments: helps)
  func help(refusal: Refusal) throws { try refusal.check(in: Program()) }

  @Test(
    "is none of what has help", arguments: [["help", "alias", "set"], ["alias", "--help"], ["show", "3", "--help"], ["help", "help"]])
  func known(arguments: [String]) throws {
    let result = try Program()(arguments)
    #expect(result.status == 0 && result.stderr == "" && result.stdout.contains("USAGE: registry"))
  }
}
