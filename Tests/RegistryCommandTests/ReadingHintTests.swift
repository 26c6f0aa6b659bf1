import TestSupport
import Testing

/// What is pointed out in a CSV file that is read, and where the hints lead.
struct ReadingHintTests {
  @Test("numbers with a unit are pointed out where they would be categories, and not where they are asked for")
  func units() throws {
    let program = try Program()
    let warning =
      "weight looks like numbers with a unit ('5 kg') and is taken for texts; write the numbers alone, or --categorical weight."
    try program.folder.write(
      "data.csv", "weight,y\n" + ["5 kg", "7 kg", "8.5 kg", "9 kg", "5 kg", "7 kg"].enumerated().map { "\($1),\($0 % 2)\n" }.joined())
    let add = ["dataset", "add", "data.csv", "--target", "y", "--name", "d"]
    #expect(try program(add).stderr.contains("Warning: \(warning)\n"))
    #expect(try !program(add + ["--categorical", "weight"]).stderr.contains("Warning"))
    try program.folder.write("gaps.csv", "c,y\nred,1\n?,0\nblue,1\n?,0\nred,0\nblue,1\n")
    #expect(
      try program("dataset", "add", "gaps.csv", "--target", "y", "--name", "g").stderr.contains(
        "Warning: c has '?' as a value of its own; where it means a missing cell, write nothing there (--categorical c if not).\n"))
    try program.folder.write("minus.csv", "a,y\n\u{2212}4,0\n5,1\n")
    let refused = try program("dataset", "add", "minus.csv", "--target", "y", "--name", "e")
    #expect(refused.status == 65)
    #expect(refused.stderr.contains("'\u{2212}4' is a number with marks that aren't read, not a plain number."))
    #expect(refused.stderr.contains("  hint: write the number alone: -4; --categorical a reads it as text\n"))
  }

  @Test("a category in another spelling than training's is called that")
  func twins() throws {
    let program = try Program()
    try program.folder.write("data.csv", "c,y\n" + String(repeating: "caf\u{e9},0\nred,1\n", count: 8))
    #expect(try program("train", "--csv", "data.csv", "--target", "y", "--epochs", "2", "--quiet").status == 0)
    for (spelling, difference) in [("cafe\u{301}", "Unicode normalisation (NFC, NFD)"), ("Red", "upper and lower case")] {
      try program.folder.write("rows.csv", "c\n\(spelling)\n")
      let result = try program("predict", "--csv", "rows.csv")
      #expect(result.status == 65)
      #expect(result.stderr.contains("only in \(difference): write it as training had it\n"), "\(result.stderr)")
    }
  }

  @Test("filling in needs data that may have missing cells, and the hint to a stored dataset's missing cells names it")
  func imputeNeedsData() throws {
    let program = try Program()
    let blobs = try program("train", "--impute", "median", "--epochs", "2")
    #expect(blobs.status == 64 && blobs.errorLine == "Error: '--impute median' needs a CSV file or a stored dataset.")
    try program.folder.write("data.csv", "a,v,y\n" + String(repeating: "1,2,0\n,3,1\n4,5,0\n6,8,1\n", count: 4))
    #expect(try program("dataset", "add", "data.csv", "--name", "d", "--target", "y", "--keep-missing").status == 0)
    let refused = try program("train", "--dataset", "d", "--epochs", "2")
    let hint = try #require(refused.stderr.split(separator: "\n").last)
    #expect(hint == "  hint: registry train --dataset d --impute median makes a version that fills missing cells in")
    #expect(try program("train", "--dataset", "d", "--impute", "median", "--epochs", "2", "--quiet").status == 0)
    #expect(try program("list", "--format", "json").json().array.map { $0.dataset?.string } == ["d"])
    let evaluated = try program("evaluate", "--dataset", "d", "--drop-missing")
    #expect(evaluated.status == 64 && evaluated.errorLine == "Error: '--drop-missing' needs a CSV file.")
  }

  @Test("a hint's command names the registry, and where it needs it the version, that the user named")
  func hintsCarry() throws {
    let program = try Program()
    #expect(try program("train", "--db", "a b.db", "--model", "m", "--epochs", "2").status == 0)
    let cases: [(arguments: [String], hint: String)] = [
      (
        ["predict", "--db", "a b.db", "--model", "m", "--version", "1", "--drop-missing"],
        "registry predict --db 'a b.db' --version 1 --model m --csv FILE"
      ),
      (["train", "--db=a b.db", "--stratify"], "registry train --db 'a b.db' --csv FILE --target COLUMN"),
      (["show", "--db", "a b.db"], "registry show --db 'a b.db' latest"),
      (["dataset", "add", "--keep-missing", "--db", "x.db"], "registry dataset add --db x.db FILE --target COLUMN --keep-missing"),
      (["show", "9", "--db", "a b.db"], "registry list --db 'a b.db'"),
    ]
    for (arguments, hint) in cases {
      let result = try program(arguments)
      #expect(result.stderr.split(separator: "\n").last == "  hint: \(hint)", "\(result.stderr)")
    }
  }
}
