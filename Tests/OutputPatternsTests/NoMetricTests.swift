import OutputPatterns
import Testing

/// What looks like a number with a name and is no metric.
struct NoMetricTests {
  static let prose = [
    "The loss of 0.5 is good, and we saw a loss 0.5 lower than before.",
    "accuracy 0.93 after 5 epochs",
    "Downloaded 170498071 bytes in 3 files",
    "Training on 60000 samples, validating on 10000 samples",
    "Epoch 1: val_loss improved from inf to 0.25140, saving model to best.keras",
    "Epoch 3: ReduceLROnPlateau reducing learning rate to 0.0001.",
    "Epoch 1 finished with loss 0.5 and accuracy 0.9",
    "Accuracy of the network on the 10000 test images: 54 %",
    "Files already downloaded: 3",
    "Error: 5 files missing",
    "HTTP error 404",
    "Error: 404",
    "You have 2 options: 1 or 2",
    "Chapter 3: 5 ways to lower your loss",
  ]

  static let facts = [
    "Seed: 42", "Batch size: 64", "device = cuda:0", "Serving on http://localhost:8080", "workers=4", "dropout: 0.1", "momentum = 0.9",
    "Number of parameters: 12345", "version: 2.1", "Version: 2.1.0", "the: 1234", "IP: 10.0.0.1",
    "Namespace(lr=0.1, epochs=10, momentum=0.9)", "(linear_1): Linear(in_features=2, out_features=5, bias=True)",
    "(1): BatchNorm2d(64, eps=1e-05, momentum=0.1)", "tensor([[-1.3, 0.2], [0.5, 0.1]])", "[[-1.31848257 -1.04901165]",
    "{'hello': 0, 'world': 1}", "Epoch 1/10", "0x1f: 3", "x: 1,234",
    "epoch 1 test_loss: 0,25", "epoch 1 loss: -0,25", "step 3 accuracy=97,5%", "loss 0,5", "epoch 1 loss: 1,25e-3",
  ]

  static let times = [
    "Elapsed: 12.5", "time: 0.35", "eta: 0:01:30", "Epoch 1 took: 12.5 s", "Epoch 1 time: 12.5", "Epoch 1 speed: 12.5 it/s",
    "Epoch 1 throughput: 300.5 img/s", "Epoch 1 date: 2024-01-01", "Epoch 1 at: 12:30:01", "Epoch 1 memory: 1.5 GB", "Epoch 1 x: 3ms",
    "Epoch 1 x: 3.5 ms", "Epoch 1 progress: 45%", "Epoch 1 Done: 45 %", "{'eval_runtime': 1.5, 'samples_per_second': 30.5, 'epoch': 1}",
    "Downloading model.safetensors:  45%|████      | 100M/268M [00:02<00:03, 50.1MB/s]", "100%|██████████| 20/20 [00:05<00:00,  3.9it/s]",
    "   ━━━━━━━━━━━━━━━━━━━━ 1.2/3.4 MB 5.6 MB/s eta 0:00:01", "938/938 ━━━━━━━━━━━━━━━━━━━━ 3s 3ms/step",
  ]

  static let traces = [
    "Traceback (most recent call last):", "  File \"train.py\", line 45, in <module>", "RuntimeError: CUDA error: device-side assert",
    "/usr/lib/python3/dist-packages/loss/train.py:759: UserWarning: lr is 0.5", "train.py:45: UserWarning: x",
    "100%|██████████| 20/20 [00:05<00:00,  3.9it/s]/lib/loss.py:759: UserWarning: loss=0.5",
  ]

  @Test("prose gives no metrics", arguments: prose)
  func proseLine(line: String) throws { #expect(try rows(line) == []) }

  @Test("settings, versions, addresses and printed objects give no metrics", arguments: facts)
  func fact(line: String) throws { #expect(try rows(line) == []) }

  @Test("times, rates, dates, memory and percentages of progress give no metrics", arguments: times)
  func time(line: String) throws { #expect(try rows(line) == []) }

  @Test("stack traces and warnings give no metrics", arguments: traces)
  func trace(line: String) throws { #expect(try rows(line) == []) }

  @Test("a line of more pairs than anyone would look at gives none, and names beyond a thousand are left out")
  func many() throws {
    #expect(try rows("step 1 " + (0..<101).map { "x\($0)=0.5" }.joined(separator: " ")) == [])
    var reader = OutputReader()
    var keys: Set<Substring> = []
    for index in 0..<1200 {
      for row in reader.read(Array("step \(index) x\(index)=0.5\n".utf8)[...]) { keys.insert(row.key[...]) }
    }
    #expect(keys.count == 1000)
    #expect(reader.hasTooManyNames)
  }

  @Test("any bytes are read without a fault")
  func noise() throws {
    var reader = OutputReader(patterns: [try LinePattern("{_}a{x} {y}b")])
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("0123456789.,:;=-+eE%|/()[]{}'\"# \t\r\n\u{8}\u{1b}[mabcloss epoch step nan inf█━•é".utf8) + [0, 0xe2, 0xff, 0x94]
    for round in 0..<100 {
      let bytes = (0..<2000).map { _ in
        round % 2 == 0 ? alphabet.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
      }
      for row in reader.read(bytes[...], stream: round % 2) + reader.wait(time: Int64(round) * 2000) { #expect(!row.key.isEmpty) }
    }
    _ = reader.finish()
  }
}
