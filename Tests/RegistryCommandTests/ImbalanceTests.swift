import Foundation
import TestSupport
import Testing

/// A table in which one class is rare: `--stratify`, `--class-weight`, and what is said of a net that answers one class.
struct ImbalanceTests {
  /// 200 rows, 15 of them 'fraud'.
  private static let table =
    "a,b,y\n"
    + (0..<200).map { row in
      let isRare = row % 14 == 0
      return "\((row * 37 % 100) + (isRare ? 30 : 0)),\((row * 53 % 90) + (isRare ? 25 : 0)),\(isRare ? "fraud" : "fine")\n"
    }.joined()

  private func program() throws -> Program {
    let program = try Program()
    try program.folder.write("rare.csv", Self.table)
    return program
  }

  private let options = ["train", "--csv", "rare.csv", "--target", "y", "--standardize", "--epochs", "40", "--format", "json"]

  @Test("a stratified split keeps the shares, is stored with the dataset, and trains from it by name")
  func stratify() throws {
    let program = try program()
    #expect(try program("dataset", "add", "rare.csv", "--target", "y", "--stratify", "--name", "even").status == 0)
    let shown = try program("dataset", "show", "even", "--format", "json").json()
    #expect(shown.source?.string?.contains(#""stratify":true"#) == true)
    #expect(shown.classes?.array.map { [$0.train?.number, $0.test?.number] } == [[148, 37], [12, 3]])
    let trained = try program(options + ["--stratify"]).json()
    #expect(trained.dataset == .string("even"), "the same rows are the same dataset")
  }

  @Test("a net that answers one class for every test row is called that, and so is its evaluation")
  func oneAnswer() throws {
    let program = try program()
    let trained = try program(options + ["--learning-rate", "0", "--seed", "2"])
    let counts = /of the test part the net answers '(\w+)' for all 40 rows, of which (\d+) are '\1'/
    let match = try #require(trained.stderr.firstMatch(of: counts))
    #expect(trained.stderr.contains("  hint: --class-weight balanced makes rare classes count, or more --epochs\n"))
    let evaluated = try program("evaluate", "--format", "json")
    #expect(evaluated.stderr == "Warning: the net answers '\(match.1)' for all 40 rows, of which \(match.2) are '\(match.1)'.\n")
    let rows = try evaluated.json().confusion_matrix?.array.map(\.numbers) ?? []
    #expect(rows.count { $0.contains { $0 > 0 } } == 2 && rows.joined().count { $0 > 0 } == 2)
    // One that tells them apart isn't.
    let balanced = try program(options + ["--class-weight", "balanced", "--learning-rate", "1", "--epochs", "300"])
    #expect(!balanced.stderr.contains("Warning"))
  }

  @Test("class weights are a param where they are given, change the training loss alone, and are reproduced bit for bit")
  func classWeight() throws {
    let program = try program()
    let plain = try program(options).json()
    let weighted = try program(options + ["--class-weight", "balanced"]).json()
    #expect(plain.test_loss_before == weighted.test_loss_before, "the test loss is the plain one")
    #expect(plain.train_loss != weighted.train_loss)
    #expect(try program("show", "1", "--format", "json").json().params?.class_weight == nil)
    #expect(try program("show", "2", "--format", "json").json().params?.class_weight == .string("balanced"))
    #expect(try program("evaluate", "--version", "2", "--format", "json").json().loss == weighted.test_loss)
    #expect(try program("reproduce", "2").stdout.contains("is bit-identical"))
    let tuned = try program(
      "train", "--dataset", "rare", "--from", "2", "--class-weight", "balanced", "--epochs", "5", "--batch-size", "32")
    #expect(tuned.status == 0)
    #expect(try program("reproduce", "3").stdout.contains("is bit-identical"))
  }

  @Test("list says which training loss is weighted, and compare that it can't be held against a plain one")
  func weightedLoss() throws {
    let program = try program()
    #expect(try program(options).status == 0)
    #expect(try program(options + ["--class-weight", "balanced"]).status == 0)
    let listed = try program("list", "--format", "json").json().array.map(\.class_weight)
    #expect(listed == [.string("balanced"), .null])
    #expect(try program("list", "--where", "class_weight IS NULL", "--format", "json").json().array.count == 1)
    let note =
      "train_loss of neural-net/2 is weighted by class (class_weight), the others' isn't: compare test_loss, which never is."
    #expect(try program("compare", "1", "2").stdout.contains("\(note)\n"))
    #expect(try program("compare", "1", "2", "--format", "json").json().note == .string(note))
    #expect(try program("compare", "2", "2", "--format", "json").json().note == nil)
  }

  @Test("class weights are no hint where the classes are even")
  func evenClasses() throws {
    let program = try Program()
    try program.folder.write("even.csv", "a,y\n" + (0..<40).map { "\($0 % 4),\($0 % 2 == 0 ? "no" : "yes")\n" }.joined())
    let trained = try program("train", "--csv", "even.csv", "--target", "y", "--stratify", "--epochs", "1", "--learning-rate", "0")
    #expect(trained.stderr.contains("for all 8 rows, of which 4 are '"))
    #expect(trained.stderr.hasSuffix("  hint: more --epochs, or another --learning-rate\n"))
    try program.folder.write("other.csv", "a,y\n1,no\n2,no\n3,no\n1,yes\n2,yes\n3,yes\n")
    let answers = try program("predict", "--csv", "other.csv", "--format", "json").json().array.compactMap(\.label?.string)
    let other = answers.first == "no" ? "yes" : "no"
    let evaluated = try program("evaluate", "--csv", "-", input: "a,y\n1,\(other)\n2,\(other)\n")
    #expect(evaluated.stderr == "Warning: the net answers '\(answers[0])' for all 2 rows, and none of them is '\(answers[0])'.\n")
  }

  @Test(
    "what can't be split or weighed so is refused with what to do",
    arguments: [
      Refusal(
        "train", "--csv", "a.csv", "--target", "y", "--stratify", code: 65,
        error: "the class 'q' has one row, a stratified split needs two or more.", hint: "leave out --stratify, or that row",
        files: ["a.csv": "x,y\n1,p\n2,p\n3,p\n4,q\n"]),
      Refusal(
        "dataset", "add", "a.csv", "--target", "y", "--stratify", "--task", "multiclass", "--test-fraction", "0.1", code: 65,
        error: "the test part has 1 row for 2 classes, a stratified split needs one of each.", hint: "a larger --test-fraction",
        files: ["a.csv": "x,y\n1,p\n2,p\n3,q\n4,q\n"]),
      Refusal(
        "train", "--csv", "a.csv", "--target", "x", "--stratify", "--task", "regression", code: 65,
        error: "the target 'x' holds numbers, a stratified split needs classes.",
        hint: "leave out --stratify; or --task multiclass, where each number is a class", files: ["a.csv": "x,y\n1,p\n2,p\n3,q\n4,q\n"]),
      Refusal(
        "train", "--csv", "a.csv", "--test-csv", "b.csv", "--target", "y", "--stratify", code: 64,
        error: "'--test-csv b.csv' and '--stratify' exclude each other: the file is the split."),
      Refusal(
        "train", "--csv", "a.csv", "--target", "x", "--class-weight", "balanced", "--task", "regression", code: 64,
        error: "'--class-weight balanced': it has to be left out for a regression: it has no classes.",
        files: ["a.csv": "x,y\n1,p\n2,p\n3,q\n4,q\n"]),
    ])
  func refused(refusal: Refusal) throws { try refusal.check(in: Program()) }
}
