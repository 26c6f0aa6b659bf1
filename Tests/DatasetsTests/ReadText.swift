import Datasets
import TestSupport

/// The dataset of a CSV text with the target `y`, a quarter of whose rows are to test on.
func read(_ text: String, change: (inout CSVOptions) -> Void = { _ in }) throws -> Dataset {
  let folder = try TemporaryFolder()
  var options = CSVOptions(target: "y")
  options.testFraction = 0.25
  change(&options)
  return try readDataset(csv: .path(folder.write("a.csv", text)), options: options).dataset
}
