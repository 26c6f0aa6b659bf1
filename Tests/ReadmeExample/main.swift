import ModelRegistry

let registry = try Registry(path: "registry.db")
let net = try registry.loadNeuralNet(version: 3)
print(net([-1, 1]))  // the probability of class 1

// A version with scaling or categories: raw rows in, classes out.
let cancer = try registry.loadPredictor(registry.version(VersionName("cancer/1")))
let mean = [Double](repeating: 0, count: cancer.architecture.features.columns.count)
print(cancer.architecture.classes, try cancer(mean))
