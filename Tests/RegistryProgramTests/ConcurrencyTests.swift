import Foundation
import TestSupport
import Testing

struct ConcurrencyTests {
  /// Runs shell lines at once and gives their exit codes.
  private func atOnce(_ program: Program, _ lines: [String]) throws -> [String] {
    let jobs = lines.enumerated().map { "( \($1); echo $? >status\($0) ) >out\($0) 2>err\($0) &" }
    #expect(try program.shell(jobs.joined(separator: "\n") + "\nwait").status == 0)
    return try lines.indices.map { try String(contentsOfFile: program.folder.path("status\($0)"), encoding: .utf8) }
  }

  private func output(_ program: Program, _ name: String) throws -> String {
    try String(contentsOfFile: program.folder.path(name), encoding: .utf8)
  }

  /// What a job said on standard error, but that so short a training hasn't learnt anything.
  private func errors(_ program: Program, _ name: String) throws -> String {
    try output(program, name).split(separator: "\n").filter {
      !$0.hasPrefix("Warning: of the test part the net answers") && !$0.hasPrefix("  hint: more --epochs")
    }.joined(separator: "\n")
  }

  @Test("two processes that make the same file at once both succeed", arguments: 1...3)
  func newFile(round: Int) throws {
    let program = try Program()
    let codes = try atOnce(program, Array(repeating: "$registry train --epochs 1 --format json", count: 2))
    let errors = try errors(program, "err0") + errors(program, "err1")
    #expect(codes == ["0\n", "0\n"] && errors == "", "\(errors)")
    let versions = try (0..<2).map { try JSON(output(program, "out\($0)")).version?.number ?? 0 }
    #expect(versions.sorted() == [1, 2])
    #expect(try program("list", "--format", "json").json().array.map { $0.version?.number } == [2, 1])
  }

  @Test("32 processes that log into one file at once, a thousand metrics each, lose nothing")
  func manyLogs() throws {
    let program = try Program()
    let (writers, values) = (32, 1000)
    // Some at once, some line by line with a pause now and then: as quick programs and as slow ones.
    let lines = (0..<writers).map { job in
      """
      { i=0; while [ $i -lt \(values) ]; do echo "{\\"step\\": $i, \\"loss\\": $i.5}"; i=$((i+1)); \
      if [ $((i % 100)) -eq 0 ]; then sleep 0.0\(job % 10); fi; done; echo '{"end": "finished"}'; } | $registry log --name job\(job) --format json
      """
    }
    #expect(try atOnce(program, lines) == lines.map { _ in "0\n" })
    for job in lines.indices { #expect(try output(program, "err\(job)") == "") }
    let sql = """
      SELECT count(*), sum(status = 'finished'), (SELECT count(*) FROM metrics WHERE value = step + 0.5),
        (SELECT count(*) FROM (SELECT 1 FROM metrics GROUP BY run_id HAVING count(DISTINCT step) = \(values))) FROM runs
      """
    #expect(try program.command(["sqlite3", "registry.db", sql]).stdout == "\(writers)|\(writers)|\(writers * values)|\(writers)\n")
    #expect(try program("verify").status == 0)
  }

  @Test("many processes that train into one file, and readers meanwhile: no number is lost or given twice, and nobody sees an error")
  func manyWriters() throws {
    let program = try Program()
    let (writers, trainings) = (Torture.count(4, full: 8), Torture.count(5, full: 50))
    let (readers, readings) = (Torture.count(1, full: 4), Torture.count(10, full: 200))
    #expect(try program("train", "--epochs", "5", "--seed", "1", "--model", "first").status == 0)
    let write = "for seed in $(seq \(trainings)); do $registry train --epochs 5 --seed $seed --format csv || exit; done"
    let read = "for turn in $(seq \(readings)); do $registry list --limit 5 && $registry predict --version first/1 -1 1 || exit; done"
    let lines = Array(repeating: write, count: writers) + Array(repeating: read, count: readers)
    #expect(try atOnce(program, lines) == lines.map { _ in "0\n" })
    for job in lines.indices { #expect(try errors(program, "err\(job)") == "") }
    let told = try (0..<writers).flatMap { job in
      try output(program, "out\(job)").split(separator: "\n").filter { $0.hasPrefix("neural-net,") }.map {
        Int($0.split(separator: ",")[1])
      }
    }
    let all = 1...(writers * trainings)
    #expect(told.compactMap(\.self).sorted() == Array(all))
    #expect(
      try program("list", "--model", "neural-net", "--order-by", "version", "--format", "json").json().array.map { $0.version?.number }
        == all.map(Double.init))
    // Every seed's dataset is stored once, whoever came first; so are the equal weights of several trainings.
    let counts = "SELECT (SELECT count(*) FROM datasets), (SELECT count(DISTINCT state_dict_digest) FROM model_versions)"
    #expect(try program.command(["sqlite3", "registry.db", counts]).stdout == "\(trainings)|\(trainings)\n")
    #expect(try program.command(["sqlite3", "registry.db", "PRAGMA integrity_check; PRAGMA foreign_key_check"]).stdout == "ok\n")
    #expect(try program("verify").status == 0)
    print("\(writers) writers: \(told.count) versions while \(readers) readers listed and predicted \(readers * readings) times")
  }
}
