import Foundation
import TestSupport
import Testing

@testable import ForeignRuns

/// What MLflow itself recorded, held against what its own client reads (index.json).
@Suite struct MLflowTests {
  static let kinds = ["mlflow-2-db", "mlflow-3-db", "mlflow-2-files", "mlflow-3-files"]

  /// The source as it would stand after a move: the database or folder beside its artifacts.
  private func open(_ kind: String, in folder: TemporaryFolder) throws -> (source: any ForeignSource, index: JSON) {
    let fixture = Fixtures.path("foreign/\(kind)")
    let index = try JSON(String(decoding: Fixtures.data("foreign/\(kind)/index.json"), as: UTF8.self))
    try folder.copy("\(fixture)/mlruns", to: "mlruns")
    guard kind.hasSuffix("db") else { return (try MLflowFolder(folder.path("mlruns")), index) }
    let path = try folder.database(String(contentsOfFile: "\(fixture)/mlflow.sql", encoding: .utf8))
    return (try MLflowDatabase(path), index)
  }

  @Test(arguments: kinds) func experimentsAreAsItsClientReadsThem(kind: String) throws {
    let folder = try TemporaryFolder()
    let (source, index) = try open(kind, in: folder)
    let found = try source.experiments()
    let expected = index["experiments"]?.array ?? []
    #expect(found.count == expected.count)
    for expected in expected {
      let experiment = try #require(found.first { $0.id == expected["id"]?.string })
      #expect(experiment.name == expected["name"]?.string)
      #expect(experiment.isDeleted == (expected["stage"]?.string == "deleted"))
      #expect(experiment.createdAt.map { Double($0) } == expected["created"]?.number)
      #expect(dictionary(experiment.tags) == texts(expected["tags"]))
    }
    #expect(found.first { $0.name == "Zahlen/ä" }?.note == "Digits")
  }

  @Test(arguments: kinds) func runsAreAsItsClientReadsThem(kind: String) throws {
    let folder = try TemporaryFolder()
    let (source, index) = try open(kind, in: folder)
    let found = try everything(in: source)
    let expected = try #require(index["runs"])
    #expect(Set(found.map(\.run.id)) == expected.keys)
    for (run, points) in found {
      let expected = try #require(expected[run.id])
      #expect(run.uuid.filter { $0 != "-" } == run.id && run.uuid.count == 36)
      #expect(run.experiment == expected["experiment"]?.string)
      #expect(run.name == expected["name"]?.string)
      #expect(run.status.rawValue.uppercased() == expected["status"]?.string)
      #expect(run.user == (expected["user"]?.string).flatMap { $0.isEmpty ? nil : $0 })
      #expect(run.startedAt.map { Double($0) } == expected["start"]?.number)
      #expect(run.endedAt.map { Double($0) } == expected["end"]?.number)
      #expect(run.isDeleted == (expected["stage"]?.string == "deleted"))
      #expect(dictionary(run.params) == texts(expected["params"]))
      #expect(dictionary(run.tags) == texts(expected["tags"]))
      #expect(run.datasets.map(\.name) == (expected["datasets"]?.array ?? []).compactMap { $0["name"]?.string })
      for (dataset, expected) in zip(run.datasets, expected["datasets"]?.array ?? []) {
        #expect(dataset.digest == expected["digest"]?.string)
        #expect(dataset.source == expected["source"]?.string)
        #expect(dataset.schema == expected["schema"]?.string)
        #expect(dataset.profile == expected["profile"]?.string)
        #expect(dataset.context == expected["context"]?.string)
      }
      #expect(Set(points.map(\.key)) == expected["metrics"]?.keys ?? [])
      for key in Set(points.map(\.key)) {
        let expected = (expected["metrics"]?[key]?.array ?? []).map { point in
          let value = point.array[2]
          return
            "\(Int(point.array[0].number ?? 0)) \(Int(point.array[1].number ?? 0)) \(value.number.map { "\($0)" } ?? word(value.string ?? ""))"
        }
        let found = points.filter { $0.key == key }.map { "\($0.step) \($0.time ?? 0) \($0.value)" }
        #expect(found.sorted() == expected.sorted(), "\(key)")
      }
    }
  }

  /// MLflow's database keeps an infinity as the largest number.
  private func word(_ text: String) -> String {
    switch text {
    case "inf", "1.7976931348623157e+308": "inf"
    case "-inf", "-1.7976931348623157e+308": "-inf"
    default: text
    }
  }

  @Test(arguments: kinds) func metricsComeInTheOrderInWhichTheyWereLogged(kind: String) throws {
    let folder = try TemporaryFolder()
    let (source, _) = try open(kind, in: folder)
    let points = try #require(try everything(in: source).first { $0.run.name == "sly-owl" }).points
    #expect(points.filter { $0.key == "train/loss" }.map(\.step) == [-1, 0, 0, 1])
    #expect(points.filter { $0.key == "train/loss" }.map(\.value) == [0.5, 0.1, 0.3, 1.0 / 3])
    let odd = points.filter { $0.key == "odd" }.map(\.value)
    #expect(odd[0].isNaN)
    #expect(odd[1...] == [.infinity, -.infinity, Double(bitPattern: 2024)])
  }

  @Test(arguments: kinds) func whatMLflowKeepsInTagsIsFound(kind: String) throws {
    let folder = try TemporaryFolder()
    let (source, _) = try open(kind, in: folder)
    let headers = try source.runs()
    let runs = try headers.map { try source.run($0) }
    let first = try #require(runs.first { $0.name == "sly-owl" })
    #expect(first.source == "train.py")
    #expect(first.gitCommit == String(repeating: "0", count: 39) + "1")
    #expect(first.note == "Line one\n\n  line two: 'quoted' # no comment")
    #expect(first.params.first { $0.key == "lr" }?.value == "0.10")
    let outer = try #require(runs.firstIndex { $0.name == "outer" })
    let inner = try #require(runs.firstIndex { $0.name == "true" })
    #expect(outer < inner)
    #expect(runs[inner].parent == runs[outer].uuid)
    #expect(headers[inner].parent == runs[outer].uuid)
  }

  @Test(arguments: kinds) func modelsAreAsItsClientReadsThem(kind: String) throws {
    let folder = try TemporaryFolder()
    let (source, index) = try open(kind, in: folder)
    let models = try source.models()
    let expected = try #require(index["models"])
    #expect(Set(models.map(\.name)) == expected.keys)
    for model in models {
      let expected = try #require(expected[model.name])
      #expect(model.note == expected["note"]?.string)
      #expect(dictionary(model.tags) == texts(expected["tags"]))
      #expect(Set(model.aliases.map(\.alias)) == expected["aliases"]?.keys ?? [])
      for (alias, version) in model.aliases { #expect(expected["aliases"]?[alias]?.number == Double(version)) }
      #expect(Set(model.versions.map { String($0.number) }) == expected["versions"]?.keys ?? [])
      for version in model.versions {
        let expected = try #require(expected["versions"]?[String(version.number)])
        #expect(version.note == expected["note"]?.string)
        #expect(version.stage ?? "None" == expected["stage"]?.string)
        #expect(version.createdAt.map { Double($0) } == expected["created"]?.number)
        #expect(dictionary(version.tags) == texts(expected["tags"]))
        #expect(version.run?.filter { $0 != "-" } == expected["run"]?.string)
        #expect(version.source == expected["source"]?.string)
      }
    }
  }

  @Test(arguments: kinds) func artifactsAreFoundWhereTheyWereMoved(kind: String) throws {
    let folder = try TemporaryFolder()
    let (source, _) = try open(kind, in: folder)
    let run = try #require(try source.runs().map { try source.run($0) }.first { $0.name == "sly-owl" })
    let files = try source.files(of: run)
    #expect(files.files.map(\.name) == ["net/neural_net.safetensors", "notes.txt", "plots/löss.csv"])
    #expect(files.files.map(\.size) == [404, 9, 6])
    #expect(files.absence == nil && files.skipped.isEmpty)

    let xor = try #require(try source.models().first { $0.name == "xor" })
    #expect(try source.files(of: xor.versions[0]).files.map(\.name) == ["neural_net.safetensors"])
    #expect(try source.files(of: xor.versions[1]).absence == .remote("s3://bucket/models/xor"))
    let echo = try #require(try source.models().first { $0.name == "echo" })
    let names = try source.files(of: echo.versions[0]).files.map(\.name)
    #expect(names.contains("MLmodel") && names.contains("python_model.pkl") && names.contains("artifacts/neural_net.pt"))
  }

  @Test(arguments: kinds) func aSecondReadingGivesTheSame(kind: String) throws {
    let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
    let a = try open(kind, in: first).source, b = try open(kind, in: second).source
    #expect(try a.runs().map(\.uuid) == b.runs().map(\.uuid))
    #expect(try a.models().flatMap { $0.versions.map(\.uuid) } == b.models().flatMap { $0.versions.map(\.uuid) })
  }

  private func texts(_ json: JSON?) -> [String: String] {
    guard let json else { return [:] }
    return Dictionary(uniqueKeysWithValues: json.keys.map { ($0, json[$0]?.string ?? "") })
  }

  private func dictionary(_ pairs: [ForeignPair]) -> [String: String] { Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value) }) }
}
