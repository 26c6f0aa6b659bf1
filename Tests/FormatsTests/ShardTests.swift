import Formats
import Foundation
import Tensors
import TestSupport
import Testing

/// Weights in several files, and directories that hold weights.
@Suite("Shards")
struct ShardTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, tensors: [String], metadata: [(name: String, value: String)] = [("format", "pt")]) throws {
    let stateDict = try StateDict(tensors.map { ($0, Tensor([Float($0.utf8.count)])) })
    var sink = ByteArraySink()
    try SafetensorsWriter.write(stateDict, metadata: metadata, to: &sink, file: name)
    try Data(sink.bytes).write(to: folder.url.appending(path: name))
  }

  private func index(_ map: [(String, String)]) throws {
    let entries = map.map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ")
    try folder.write(
      "model.safetensors.index.json", "{\"metadata\": {\"total_size\": 1.5e3, \"x\": [null, {\"a\": \"}\"}]}, \"weight_map\": {\(entries)}}"
    )
  }

  private func problem(_ path: String = "model.safetensors.index.json", key: String? = nil) -> FormatError.Reason? {
    do throws(FormatError) {
      _ = try openTensors(path: folder.path(path), key: key)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test("an index and its directory are one dictionary, in the index's order")
  func whole() throws {
    try write("model-00001-of-00002.safetensors", tensors: ["aa", "b"])
    try write("model-00002-of-00002.safetensors", tensors: ["ccc"])
    try index([
      ("ccc", "model-00002-of-00002.safetensors"), ("aa", "model-00001-of-00002.safetensors"), ("b", "model-00001-of-00002.safetensors"),
    ])
    for path in ["model.safetensors.index.json", "", "./"] {
      let file = try openTensors(path: folder.path(path))
      #expect(file.tensors.map(\.name) == ["ccc", "aa", "b"])
      #expect(try file.stateDict()["ccc"] == Tensor([3 as Float]))
      try file.checkUnchanged()
    }
    #expect(problem(key: "x") == .shards(.noKeys("x")))
  }

  @Test(
    "one shard by itself is a part of a model, and refused",
    arguments: [
      ("model-00001-of-00002.safetensors", true), ("pytorch_model-00002-of-00002.bin", true), ("model_1-of-2.pt", true),
      ("model-00001-of-00001.safetensors", false), ("part-of-00002.safetensors", false), ("model-3-of-2.pt", false),
      ("4-of-7-layers.pt", false),
    ])
  func single(name: String, isShard: Bool) throws {
    try write(name, tensors: ["a"])
    for path in [name, ""] {
      #expect(problem(path) == (isShard ? .shards(.isShard(index: nil)) : nil), "\(path)")
    }
  }

  @Test("a shard's refusal names the index beside it, and shards without one in their directory are no version")
  func index() throws {
    for name in ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] { try write(name, tensors: [name]) }
    #expect(problem("") == .shards(.isShard(index: nil)))
    try index([("a", "model-00001-of-00002.safetensors")])
    let index = folder.path("model.safetensors.index.json")
    #expect(problem("model-00002-of-00002.safetensors") == .shards(.isShard(index: index)))
  }

  @Test(
    "an index names as many shards as their names count",
    arguments: [
      (["m-00002-of-00002.bin"], 1, 2, "m-00001-of-00002.bin"), (["m-00001-of-00002.bin"], 1, 2, "m-00002-of-00002.bin"),
      (["m-1-of-3.bin", "m-3-of-3.bin", "m-1-of-3.bin"], 2, 3, "m-2-of-3.bin"), (["m_0-of-2.pt"], 1, 2, "m_1-of-2.pt"),
      (["m-00009-of-00011.bin"], 1, 11, "m-00001-of-00011.bin"),
      (["m-1-of-9223372036854775807.bin"], 1, Int.max, "m-2-of-9223372036854775807.bin"),
    ])
  func few(names: [String], named: Int, count: Int, first: String) throws {
    try index(names.enumerated().map { ("t\($0)", $1) })
    #expect(problem() == .shards(.fewShards(named: named, count: count, first: first)))
  }

  @Test(
    "one device's part of a model is refused where another one is beside it",
    arguments: [
      ("consolidated.00.pth", "consolidated.01.pth", true), ("consolidated.01.pth", "consolidated.00.pth", true),
      ("mp_rank_00_model_states.pt", "mp_rank_01_model_states.pt", true), ("consolidated.00.pth", "consolidated.01.json", false),
      ("consolidated.00.pth", "consolidated.pth", false), ("consolidated.pth", "consolidated.00.txt", false),
    ])
  func ranks(name: String, beside: String, isPart: Bool) throws {
    try write(name, tensors: ["a"])
    try write(beside, tensors: ["a"])
    #expect(problem(name) == (isPart ? .shards(.isRank) : nil))
    if isPart { #expect(problem("") == .shards(.isRank)) }
  }

  @Test("of a directory with parts and a whole file the whole one is named first")
  func wholeFirst() throws {
    for name in ["consolidated.00.pth", "consolidated.01.pth", "whole.pt"] { try write(name, tensors: ["a"]) }
    #expect(problem("") == .shards(.severalWeights(["whole.pt", "consolidated.00.pth", "consolidated.01.pth"])))
  }

  @Test("a tensor of a shard is read in parts")
  func parts() throws {
    try write("one.safetensors", tensors: ["abc"])
    try index([("abc", "one.safetensors")])
    var bytes: [UInt8] = []
    try openTensors(path: folder.path("model.safetensors.index.json")).read(at: 0) { bytes += $0 }
    #expect(bytes == Tensor([3 as Float]).data)
  }

  @Test(
    "an index that isn't JSON is refused",
    arguments: [
      "[1}", "{\"a\" 1}", "{1: 2}", "[1,]", "[,1]", "{\"a\": 1,}", "01", "1.", "-", "1e", "tru", "nul", "NaN", "[1 2]", "\"a", ":",
      "{\"a\":}", "+1",
    ])
  func brokenJSON(value: String) throws {
    try folder.write("model.safetensors.index.json", "{\"metadata\": \(value), \"weight_map\": {}}")
    guard case .json? = problem() else {
      Issue.record("\(value) was read")
      return
    }
  }

  @Test(
    "any JSON may stand beside the map",
    arguments: [
      "{}", "[]", "[[], {}]", "-0.5e-7", "0", "[0, 1.5, -3E+2, true, false, null, \"]\", {\"a\": {\"b\": [1]}, \"c\": 2}]", "\"\\u00e9\"",
      String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
    ])
  func otherJSON(value: String) throws {
    try write("one.safetensors", tensors: ["a"])
    try folder.write("model.safetensors.index.json", "{\"metadata\": \(value), \"weight_map\": {\"a\": \"one.safetensors\"}}")
    #expect(problem() == nil)
  }

  @Test("JSON of a million brackets is refused where it is too deep")
  func deepJSON() throws {
    try folder.write("model.safetensors.index.json", "{\"weight_map\": {}, \"a\": \(String(repeating: "[", count: 1 << 20))}")
    guard case .json(.tooDeep)? = problem() else {
      Issue.record("\(String(describing: problem()))")
      return
    }
  }

  @Test("what an index says is held against its shards")
  func contradictions() throws {
    try write("one.safetensors", tensors: ["a", "b"])
    try write("two.safetensors", tensors: ["a"])
    try index([("a", "one.safetensors"), ("z", "one.safetensors")])
    #expect(problem() == .shards(.notInShard(tensor: "z", shard: "one.safetensors")))
    try index([("a", "one.safetensors"), ("b", "three.safetensors")])
    #expect(problem() == .shards(.missingShard("three.safetensors")))
    try index([("b", "one.safetensors"), ("a", "two.safetensors")])
    #expect(problem() == .shards(.twice(tensor: "a", shards: ["one.safetensors", "two.safetensors"])))
    try index([("a", "one.safetensors")])
    let sharded = try openTensors(path: folder.path("model.safetensors.index.json"))
    #expect(sharded.ignored == ["b"])
    #expect(sharded.format == .safetensors)
  }

  @Test("the metadata of all shards are the model's, but for what two of them say differently")
  func metadata() throws {
    try write("one.safetensors", tensors: ["a"], metadata: [("format", "pt"), ("epoch", "3"), ("caf\u{e9}", "x"), ("by", "Zo\u{eb}")])
    try write("two.safetensors", tensors: ["b"], metadata: [("format", "pt"), ("epoch", "4"), ("cafe\u{301}", "y"), ("by", "Zoe\u{308}")])
    try index([("a", "one.safetensors"), ("b", "two.safetensors")])
    let file = try openTensors(path: folder.path("model.safetensors.index.json"))
    #expect(file.metadata.map { Array($0.name.utf8) } == ["format", "caf\u{e9}", "cafe\u{301}"].map { Array($0.utf8) })
    #expect(file.ignored == ["by", "epoch"])
  }

  @Test("a shard is a file beside its index and nothing else", arguments: ["../one.safetensors", "/etc/passwd", "..", "", "a/b", "a\\\\b"])
  func paths(name: String) throws {
    try index([("a", name)])
    guard case .shards(.badShardName)? = problem() else {
      Issue.record("'\(name)' was accepted")
      return
    }
  }

  @Test("a directory of one file of weights is that file; of several one has to be named")
  func directories() throws {
    #expect(problem("") == .shards(.noWeights))
    try write("model.safetensors", tensors: ["a"])
    for beside in ["optimizer.pt", "scheduler.pt", "training_args.bin", "rng_state.pth", "config.json"] { try folder.write(beside, "x") }
    #expect(try openTensors(path: folder.path("")).tensors.map(\.name) == ["a"])
    let found = try WeightsFolder(folder.path(""))
    #expect(found.weights == folder.path("model.safetensors"))
    #expect(found.beside == ["optimizer.pt", "rng_state.pth", "scheduler.pt", "training_args.bin"])
    try write("other.safetensors", tensors: ["a"])
    #expect(problem("") == .shards(.severalWeights(["model.safetensors", "other.safetensors"])))
  }
}
