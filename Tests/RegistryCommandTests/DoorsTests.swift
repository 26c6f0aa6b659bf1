import Foundation
import ModelRegistry
import Tensors
import TestSupport
import Testing

/// One training recorded four times: by the Swift library, `registry log`, `registry run` and the Python module.
@Suite("the doors for any training")
struct DoorsTests {
  private static let epochs = 2000

  private static func trainLoss(_ epoch: Int) -> Double { 1 / Double(epoch + 1) }
  private static func valLoss(_ epoch: Int) -> Double { 0.1 + 1 / Double(epoch + 2) }

  /// weight F32 [2,2] and bias F32 [2], as a safetensors file.
  private static let weights: [(name: String, shape: [Int], values: [Float])] = [
    ("weight", [2, 2], [0.1, -0.2, 0.3, 1e-8]), ("bias", [2], [0.7, -3]),
  ]

  private func swift(_ program: Program) throws {
    let registry = try Registry(path: program.folder.path("registry.db"), access: .create)
    let run = try registry.startRun(model: "doors", params: ["lr": 0.1])
    for epoch in 0..<Self.epochs {
      try run.log(epoch: epoch, ["train_loss": Self.trainLoss(epoch), "val_loss": Self.valLoss(epoch)])
    }
    let tensors = try Self.weights.map { (name: $0.name, tensor: try Tensor($0.values, shape: $0.shape)) }
    _ = try run.finish(StateDict(tensors), metrics: ["test_loss": 0.25])
  }

  /// The tests of the other doors are Python's: losses by the same divisions, weights as Python's struct writes them.
  private static let python = """
    import json, struct, sys
    values = {"weight": ([2, 2], [0.1, -0.2, 0.3, 1e-8]), "bias": ([2], [0.7, -3])}
    losses = [(1 / (epoch + 1), 0.1 + 1 / (epoch + 2)) for epoch in range(2000)]
    def save(path):
        header, data = {}, b""
        for name, (shape, numbers) in values.items():
            packed = struct.pack(f"<{len(numbers)}f", *numbers)
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
            data += packed
        text = json.dumps(header).encode()
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + data)

    """

  private static let log =
    python + """
      save("log.safetensors")
      print(json.dumps({"params": {"lr": 0.1}}))
      for epoch, (train, val) in enumerate(losses):
          print(json.dumps({"step": epoch, "train_loss": train, "val_loss": val}))
      print(json.dumps({"version": "log.safetensors", "metrics": {"test_loss": 0.25}}))
      print(json.dumps({"end": "finished"}))
      """

  private static let script =
    python + """
      for epoch, (train, val) in enumerate(losses):
          print(f"epoch {epoch}: train_loss={train} val_loss={val}")
      save("run.safetensors")
      """

  private static let module =
    python + """
      import registry
      with registry.run("doors", params={"lr": 0.1}) as run:
          for epoch, (train, val) in enumerate(losses):
              run.log(epoch, train_loss=train, val_loss=val)
          save("module.safetensors")
          run.save("module.safetensors", metrics={"test_loss": 0.25})
      """

  @Test("record the same run: 2,000 epochs of two losses and the weights, equal to the bit")
  func same() throws {
    let program = try Program()
    try swift(program)
    for (name, text) in [("log.py", Self.log), ("train.py", Self.script), ("module.py", Self.module)] {
      try text.write(toFile: program.folder.path(name), atomically: true, encoding: .utf8)
    }
    let logged = try program.shell("python3 log.py | $registry log --model doors")
    #expect(logged.status == 0, "\(logged.stderr)")
    let ran = try program(
      "run", "--quiet", "--model", "doors", "--weights", "run.safetensors", "--", "python3", "train.py", "--lr", "0.1")
    #expect(ran.status == 0, "\(ran.stderr)")
    let environment = [
      "PYTHONPATH": PythonModuleTests.root.appending(path: "Python").path, "PYTHONDONTWRITEBYTECODE": "1",
      "REGISTRY_PROGRAM": try Program.path(),
    ]
    let imported = try program.command(["python3", "module.py"], environment: environment)
    #expect(imported.status == 0, "\(imported.stderr)")

    func rows(_ query: String) throws -> [String] { try program.command(["sqlite3", "registry.db", query]).lines }
    #expect(
      try rows("SELECT count(*), count(DISTINCT run_id), min(status), max(status) FROM metrics JOIN runs ON runs.id = run_id") == [
        "16000|4|finished|finished"
      ])
    let different = """
      SELECT key, step FROM metrics GROUP BY key, step HAVING count(*) <> 4 OR count(DISTINCT value) <> 1 LIMIT 5;
      SELECT key FROM params GROUP BY key HAVING count(*) <> 4 OR count(DISTINCT value) <> 1;
      SELECT name FROM version_tensors GROUP BY name HAVING count(*) <> 4 OR count(DISTINCT tensor_id) <> 1
      """
    #expect(try rows(different) == [])
    let compared = try program("compare", "--run", "1", "2", "3", "4")
    #expect(
      compared.status == 0 && compared.stdout.hasPrefix("params: the only one is equal\nmetrics (last): all 2 are equal\n"),
      "\(compared.stdout)\(compared.stderr)")
    #expect(try program("verify").status == 0)
  }
}
