import ModelRegistry

let registry = try Registry(path: "registry.db")
let net = try registry.loadNeuralNet(version: 3)
print(net([-1, 1]))  // the probability of class 1

// A version with scaling or categories: raw rows in, classes out.
let iris = try registry.loadPredictor(registry.version(VersionName("iris/1")))
for flower in try iris([5.1, 3.5, 1.4, 0.2, 6.7, 3.0, 5.2, 2.3]) {
  print(flower.classIndex.map { iris.architecture.classes[$0] } ?? "none")
}
