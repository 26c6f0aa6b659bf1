import ModelRegistry
import Tensors

// A training of your own: here a line through four points.
let (x, y): ([Float], [Float]) = ([0, 1, 2, 3], [1, 3, 5, 7])
var (slope, offset): (Float, Float) = (0, 0)

let registry = try Registry(path: "registry.db", access: .create)
let run = try registry.startRun(model: "line", params: ["learning_rate": 0.05, "optimizer": "gradient descent"])
for epoch in 0..<500 {
  let errors = zip(x, y).map { slope * $0 + offset - $1 }
  try run.log(epoch: epoch, ["train_loss": Double(errors.reduce(0) { $0 + $1 * $1 } / 4)])
  slope -= 0.05 * zip(errors, x).reduce(0) { $0 + $1.0 * $1.1 } / 2
  offset -= 0.05 * errors.reduce(0, +) / 2
}
try run.add(bytes: Array("x,y\n0,1\n1,3\n2,5\n3,7\n".utf8), as: "points.csv")

let weights = try StateDict([(name: "weight", tensor: Tensor([slope])), (name: "bias", tensor: Tensor([offset]))])
let version = try run.finish(weights, metrics: ["test_loss": 0.25], aliases: ["champion"])
print("Stored \(version.model)/\(version.version), of run \(version.run)")

// Any stored version comes back as its tensors.
let champion = try registry.version(VersionName("line@champion"))
print(try registry.stateDict(champion).names, champion.testLoss ?? .nan)
