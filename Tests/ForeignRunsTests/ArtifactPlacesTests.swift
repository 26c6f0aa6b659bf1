import Foundation
import TestSupport
import Testing

@testable import ForeignRuns

@Suite struct ArtifactPlacesTests {
  private func made() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in [
      "work/mlruns/1/abc/artifacts/a.txt", "work/mlartifacts/2/def/artifacts/b.txt", "work/mlartifacts/ü x/def/c.txt",
      "secret/artifacts/s.txt",
    ] {
      try folder.write(name, bytes: [1])
    }
    return folder
  }

  @Test(
    arguments: [
      ("/home/ada/mlruns/1/abc/artifacts", "abc", ["a.txt"]), ("file:///home/ada/mlruns/1/abc/artifacts", "abc", ["a.txt"]),
      ("./mlruns/1/abc/artifacts", "abc", ["a.txt"]), ("mlruns/1/abc/artifacts/", nil, ["a.txt"]),
      ("mlflow-artifacts:/2/def/artifacts", "def", ["b.txt"]),
      ("mlflow-artifacts://host:5000/2/def/artifacts", "def", ["b.txt"]), ("mlflow-artifacts:/2/def/artifacts/b.txt", "def", ["b.txt"]),
      ("file:///old/%C3%BC%20x/def", "def", ["c.txt"]), ("/home/ada/mlruns/1/abc/artifacts/a.txt", "abc", ["a.txt"]),
    ] as [(String, String?, [String])])
  func whatWasMovedIsFoundByItsOwner(location: String, owner: String?, names: [String]) throws {
    let folder = try made()
    let places = try ArtifactPlaces(given: nil, besides: folder.path("work"))
    #expect(try places.files(at: location, owner: owner).files.map(\.name) == names)
  }

  @Test func aGivenFolderIsTheOnlyOne() throws {
    let folder = try made()
    let places = try ArtifactPlaces(given: folder.path("work/mlartifacts"), besides: folder.path("work"))
    #expect(try places.files(at: "mlflow-artifacts:/2/def/artifacts", owner: "def").files.count == 1)
    #expect(try places.files(at: "/home/ada/mlruns/1/abc/artifacts", owner: "abc").absence == .missing("/home/ada/mlruns/1/abc/artifacts"))
    let here = folder.path("work/mlruns/1/abc/artifacts")
    #expect(try places.files(at: here, owner: "abc").absence == .outside(here))
  }

  @Test(arguments: [
    "/etc", "file:///etc", "/etc/passwd", "/", "file:///", "/home/../etc", "mlflow-artifacts:/../../secret/artifacts",
    "../secret/artifacts",
    "/work/../secret/artifacts", "s3://bucket/secret", "http://host/x", "", ".", "C:\\models", "mlflow-artifacts:/", "dbfs:/secret",
    "mlflow-artifacts:/%2e%2e/secret", "file:///x/%2e%2e/%2e%2e/secret/artifacts",
  ])
  func nothingElseOfThisMachineIsRead(location: String) throws {
    let folder = try made()
    let places = try ArtifactPlaces(given: nil, besides: folder.path("work"))
    for owner in [nil, "abc", "artifacts", "secret", "etc"] as [String?] {
      let found = try places.files(at: location, owner: owner)
      #expect(found.files.isEmpty && found.absence != nil, "\(owner ?? "-")")
    }
  }

  @Test func aLinkOutOfTheFolderIsNotFollowed() throws {
    let folder = try made()
    try FileManager.default.createSymbolicLink(atPath: folder.path("work/mlruns/1/evil"), withDestinationPath: folder.path("secret"))
    let places = try ArtifactPlaces(given: nil, besides: folder.path("work"))
    #expect(try places.files(at: "/home/ada/mlruns/1/evil/artifacts", owner: "evil").files.isEmpty)
    #expect(
      try places.files(at: folder.path("work/mlruns/1/evil/artifacts"), owner: nil).absence
        == .outside(folder.path("work/mlruns/1/evil/artifacts")))
  }

  @Test func aGivenFolderMustBeThere() throws {
    let folder = try made()
    #expect(refusal { _ = try ArtifactPlaces(given: folder.path("none"), besides: "") }?.problem == .noSuchFile)
    #expect(refusal { _ = try ArtifactPlaces(given: folder.path("secret/artifacts/s.txt"), besides: "") }?.problem == .notAFolder)
  }
}
