import Testing

/// The page's reader and its comparison, on pages made for it.
struct TranscriptTests {
  @Test("a console block gives its commands with what is shown below each")
  func readsSteps() throws {
    let page = """
      # Page
      ```console
      $ first --option
      one
        two

      $ second <<END
      > a
      > END
      ```
      ```swift
      $ no command
      ```
      """
    let fences = Fence.all(in: page)
    #expect(fences.map(\.language) == ["console", "swift"])
    #expect(
      try #require(fences.first).steps == [
        Step(line: 3, command: "first --option", output: ["one", "  two"]), Step(line: 7, command: "second <<END\na\nEND"),
      ])
  }

  @Test(
    "the same lines agree, and times, uuids and durations don't count",
    arguments: [
      (["a", "b"], "a\nb\n"),
      (["at 2026-01-02T03:04:05.678Z"], "at 2027-11-12T13:14:15.161Z\n"),
      (["at 2026-01-02 03:04:05  x"], "at 2027-11-12 13:14:15  x  \n"),
      ([#"{"seconds": 0.5, "epochs": 3}"#], #"{"seconds": 1.25e-05, "epochs": 3}"#),
      (["13bed0f0-2655-4695-b9c2-2c2b18a07342"], "00000000-0000-4000-8000-000000000000"),
      (["a", "...", "d"], "a\nb\nc\nd"),
      (["a", "...", "b"], "a\nb"),
      (["a", "..."], "a\nb\nc"),
    ])
  func agrees(shown: [String], printed: String) {
    #expect(OutputMatch.mismatch(shown: shown, printed: printed) == nil)
  }

  @Test(
    "a changed, missing or additional line is found",
    arguments: [
      (["a", "b"], "a\nc\n", "b"),
      (["a", "b"], "a\n", "b"),
      (["a"], "a\nb\n", "nothing more; there was 'b'"),
      (["0.0550367"], "0.0550368", "0.0550367"),
      ([#"{"epochs": 3}"#], #"{"epochs": 4}"#, #"{"epochs": 3}"#),
      (["a", "...", "d"], "a\nb\nc", "d"),
      (["a", "...", "b"], "a\nb\nc", "nothing more; there was 'c'"),
    ])
  func differs(shown: [String], printed: String, mismatch: String) {
    #expect(OutputMatch.mismatch(shown: shown, printed: printed) == mismatch)
  }
}
