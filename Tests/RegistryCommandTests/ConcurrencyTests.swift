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

  @Test("two processes that make the same file at once both succeed", arguments: 1...3)
  func newFile(round: Int) throws {
    let program = try Program()
    let codes = try atOnce(program, Array(repeating: "$registry train --epochs 1 --format json", count: 2))
    let errors = try output(program, "err0") + output(program, "err1")
    #expect(codes == ["0\n", "0\n"] && errors == "", "\(errors)")
    let versions = try (0..<2).map { try JSON(output(program, "out\($0)")).version?.number ?? 0 }
    #expect(versions.sorted() == [1, 2])
    #expect(try program("list", "--format", "json").json().array.map { $0.version?.number } == [2, 1])
  }

  @Test("four processes of five trainings each give versions 1 to 20, none lost and none twice")
  func manyWriters() throws {
    let program = try Program()
    let loop = "for seed in 1 2 3 4 5; do $registry train --epochs 5 --seed $seed --format csv || exit; done"
    #expect(try atOnce(program, Array(repeating: loop, count: 4)) == Array(repeating: "0\n", count: 4))
    let told = try (0..<4).flatMap { job in
      try output(program, "out\(job)").split(separator: "\n").filter { $0.hasPrefix("neural-net,") }.map { Int($0.split(separator: ",")[1]) }
    }
    #expect(told.compactMap(\.self).sorted() == Array(1...20))
    #expect(try program("list", "--order-by", "version", "--format", "json").json().array.map { $0.version?.number } == (1...20).map(Double.init))
    // Every seed's dataset is stored once, whoever came first; so are the equal weights of four trainings.
    let counts = "SELECT (SELECT count(*) FROM datasets), (SELECT count(*) FROM tensors), (SELECT count(DISTINCT state_dict_digest) FROM model_versions)"
    #expect(try program.command(["sqlite3", "registry.db", counts]).stdout == "5|40|5\n")
    #expect(try program.command(["sqlite3", "registry.db", "PRAGMA integrity_check; PRAGMA foreign_key_check"]).stdout == "ok\n")
  }
}
