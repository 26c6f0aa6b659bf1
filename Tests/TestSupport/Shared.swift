internal import Foundation

/// Registries that are trained once; many tests read them or begin with a copy, none changes them.
public enum Shared {
  public static let seeds = [0, 1, 42]

  public struct Trained: Sendable {
    public let program: Program
    /// What each training printed, in the order of the versions.
    public let outputs: [ProcessResult]
  }

  /// The tutorial from three seeds, as tables: versions 1, 2 and 3.
  public static func tutorial() throws -> Trained { try tutorialResult.get() }

  /// `cancer/1`, trained on breast_cancer.csv with its features scaled, as JSON.
  public static func cancer() throws -> Trained { try cancerResult.get() }

  private static let tutorialResult = {
    // What a global holds is never released: its folder goes with the process.
    atexit { try? FileManager.default.removeItem(at: Shared.tutorial().program.folder.url) }
    return train(seeds.map { ["--seed", "\($0)"] })
  }()

  private static let cancerResult = {
    atexit { try? FileManager.default.removeItem(at: Shared.cancer().program.folder.url) }
    return train([
      [
        "--csv", Fixtures.path("data/breast_cancer.csv"), "--target", "target", "--standardize", "--hidden", "16", "--epochs", "300",
        "--learning-rate", "0.5", "--model", "cancer", "--format", "json",
      ]
    ])
  }()

  private static func train(_ trainings: [[String]]) -> Result<Trained, any Error> {
    Result {
      let program = try Program()
      let outputs = try trainings.map { try program(["train"] + $0) }
      for output in outputs where output.status != 0 { throw Failure(output: output) }
      return Trained(program: program, outputs: outputs)
    }
  }

  public struct Failure: Error {
    public let output: ProcessResult

    public init(output: ProcessResult) { self.output = output }
  }
}
