// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// One room of the house.  What a room may import is the table in `Scripts/layers.py`; `make lint` checks it.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)", swiftSettings: settings)
}

let package = Package(
  name: "registry",
  products: [
    .executable(name: "registry", targets: ["registry"]),
    .library(name: "ModelRegistry", targets: ["ModelRegistry"]),
    .library(name: "Training", targets: ["Training"]),
    .library(name: "NeuralNets", targets: ["NeuralNets"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Formats", targets: ["Formats"]),
    .library(name: "Tensors", targets: ["Tensors"]),
    // The SQL functions, for the stock sqlite3 shell and Python: `make extension`.
    .library(name: "registry_functions", type: .dynamic, targets: ["RegistryFunctions"]),
  ],
  dependencies: [
    // The command line: parsing, help, completions for three shells.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
    room("SQLite", ["CSQLite"]),
    // For the program alone, whose process has no other user of SQLite.
    .target(name: "CWriteBack", dependencies: ["CSQLite"]),
    .target(name: "CChecksums"),
    room("Tensors", ["CChecksums"]),
    room("Files"),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m")]),
    room("NeuralNets", ["Tensors", "CKernels"]),
    room("Datasets", ["Tensors", "Files"]),
    room("Training", ["NeuralNets", "Datasets", "Tensors"]),
    // The SQL of `migrations/`, taken in by the C compiler.
    .target(name: "CSchema", exclude: ["schema.sql"]),
    room("RegistryStore", ["CSchema", "SQLite", "Tensors", "Files"]),
    room("ModelRegistry", ["RegistryStore", "SQLite", "Training", "NeuralNets", "Datasets", "Tensors"]),
    // A state_dict needs the room Tensors alone; an ONNX file is a whole predictor, from raw rows to labels.
    room("Formats", ["CChecksums", "Training", "NeuralNets", "Datasets", "Tensors", "Files"]),
    // Runs that other programs recorded, as plain values; what becomes of them is the program's to say.
    room("ForeignRuns", ["SQLite", "Tensors", "Files", "JSONText"]),
    room("RegistryFunctions", ["ModelRegistry"]),
    room("Plots"),
    // Metrics in what a program prints: bytes in, numbers with their names and steps out.
    room("OutputPatterns"),
    // What other programs say, line by line or request by request: JSON with its numbers as they were written.
    room("JSONText"),
    .executableTarget(
      name: "registry",
      dependencies: [
        "ModelRegistry", "Formats", "ForeignRuns", "Training", "NeuralNets", "Datasets", "Tensors", "Plots", "OutputPatterns", "Files",
        "JSONText",
        "CWriteBack",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    tests("SQLiteTests", ["SQLite", "CSQLite"]),
    tests("FilesTests", ["Files"]),
    tests("TensorsTests", ["Tensors", "CChecksums"]),
    tests("NeuralNetsTests", ["NeuralNets", "Tensors"]),
    tests("DatasetsTests", ["Datasets", "Tensors"]),
    tests("TrainingTests", ["Training", "NeuralNets", "Datasets", "Tensors"]),
    .target(name: "FaultyMemory", path: "Tests/FaultyMemory", linkerSettings: [.linkedLibrary("sqlite3")]),
    // Registries for tests of the store and of what stands on it.
    .target(
      name: "StoreTestSupport", dependencies: ["RegistryStore", "SQLite", "TestSupport"], path: "Tests/StoreTestSupport",
      swiftSettings: settings),
    tests("RegistryStoreTests", ["RegistryStore", "StoreTestSupport", "SQLite", "Tensors"]),
    tests(
      "ModelRegistryTests",
      ["ModelRegistry", "RegistryStore", "StoreTestSupport", "FaultyMemory", "SQLite", "Training", "NeuralNets", "Datasets", "Tensors"]),
    tests("FormatsTests", ["Formats", "Training", "NeuralNets", "Datasets", "Tensors"]),
    tests("ForeignRunsTests", ["ForeignRuns", "SQLite", "Tensors"]),
    // A disk that fails when told to, under what the registry promises.
    .target(name: "FaultVFS", path: "Tests/FaultVFS", linkerSettings: [.linkedLibrary("sqlite3")]),
    tests("FaultTests", ["FaultVFS", "ModelRegistry", "RegistryStore", "SQLite", "Training", "NeuralNets", "Datasets", "Tensors"]),
    tests("PlotsTests", ["Plots"]),
    tests("OutputPatternsTests", ["OutputPatterns"]),
    tests("JSONTextTests", ["JSONText"]),
    // What each command does; and the program as a whole: what it refuses, how it ends, how it writes.
    tests("RegistryCommandTests", ["registry", "ModelRegistry", "RegistryStore", "Tensors"]),
    tests(
      "RegistryProgramTests", ["registry", "ModelRegistry", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    // README.md's commands are run with the built program, and its Swift program is built as a user would.
    .executableTarget(name: "ReadmeExample", dependencies: ["ModelRegistry"], path: "Tests/ReadmeExample"),
    .executableTarget(name: "ReadmeLogExample", dependencies: ["ModelRegistry", "Tensors"], path: "Tests/ReadmeLogExample"),
    tests("ReadmeTests", ["registry", "ReadmeExample", "ReadmeLogExample"]),
  ]
)

// `make extension`: SwiftPM links dynamic libraries with Swift's own, which a host's machine needn't have.
if Context.environment["REGISTRY_EXTENSION"] != nil {
  package.targets.first { $0.name == "RegistryFunctions" }?.linkerSettings = [.unsafeFlags(["-static-stdlib"])]
}

// `make wheel`: SQLite linked in, and no names of functions, so that the program is small and runs where there is no SQLite.
if let archive = Context.environment["REGISTRY_STATIC_SQLITE"] {
  package.targets.first { $0.name == "CSQLite" }?.linkerSettings = [.unsafeFlags(["-Xlinker", archive, "-Xlinker", "-s"])]
}

// The in-process half of `make bench`: no user builds it.
if Context.environment["REGISTRY_BENCHMARKS"] != nil {
  package.targets.append(
    .executableTarget(
      name: "InProcessBenchmark", dependencies: ["ModelRegistry", "Training", "NeuralNets", "Datasets", "Tensors"],
      path: "Benchmarks/InProcess", swiftSettings: settings))
}
