import OutputPatterns
import Testing

/// Of what is drawn again and again the last of a step counts.
struct ProgressBarTests {
  private func bar(_ text: String, _ done: Int, _ total: Int, _ postfix: String) -> String {
    "\r\(text)\(100 * done / total)%|████▏     | \(done)/\(total) [00:01<00:02, 28.1it/s\(postfix.isEmpty ? "" : ", \(postfix)")]"
  }

  @Test("a bar of tqdm for each epoch gives one row an epoch")
  func epochs() throws {
    let output = (0..<3).map { epoch in
      (0...50).map { bar("Epoch \(epoch): ", $0, 50, $0 == 0 ? "" : "loss=\(epoch).\(99 - $0)") }.joined() + "\n"
    }.joined()
    #expect(try rows(output) == ["loss 0 0.49", "loss 1 1.49", "loss 2 2.49"])
  }

  @Test("a bar of tqdm over the epochs gives one row a step, and none where only the counter moved")
  func overEpochs() throws {
    let output = (0..<20).map { bar("", $0, 20, "loss=0.\(50 - $0)") + bar("", $0 + 1, 20, "loss=0.\(50 - $0)") }.joined() + "\n"
    #expect(try rows(output) == (0..<20).map { "loss \($0) \(Double("0.\(50 - $0)") ?? 0)" })
  }

  @Test("bars that begin anew count their steps on")
  func again() throws {
    let output = (0..<3).map { epoch in (1...4).map { bar("", $0, 4, "loss=\(epoch).\($0)") }.joined() + "\n" }.joined()
    #expect(try rows(output).map { $0.split(separator: " ")[1] } == (1...12).map { "\($0)" })
  }

  @Test("a bar of a million steps gives about a thousand rows, the last of them at its end")
  func long() throws {
    let rows = try rows((1...20_000).map { bar("", $0 * 50, 1_000_000, "loss=\($0)") }.joined())
    #expect((900...1001).contains(rows.count), "\(rows.count)")
    #expect(rows.last == "loss 1000000 20000.0")
  }

  @Test("Keras's bar is redrawn with the validation at its end; a callback's line between them changes nothing")
  func keras() throws {
    func bar(_ done: Int, _ metrics: String) -> String {
      String(repeating: "\u{8}", count: 70)
        + "\r\u{1b}[1m\(done)/50\u{1b}[0m \u{1b}[32m━━━━━━\u{1b}[0m\u{1b}[37m━━━\u{1b}[0m \u{1b}[1m0s\u{1b}[0m 3ms/step - \(metrics)"
    }
    let output = (1...2).map { epoch in
      "Epoch \(epoch)/2\n" + (1...50).map { bar($0, "accuracy: 0.\($0) - loss: \(epoch).\($0)") }.joined()
        + "\nEpoch \(epoch): val_loss improved from 0.7 to 0.6, saving model to best.keras\n"
        + bar(50, "accuracy: 0.50 - loss: \(epoch).50 - val_accuracy: 0.9 - val_loss: 0.6\n")
    }.joined()
    #expect(
      try rows(output) == [
        "accuracy 1 0.5", "loss 1 1.5", "val_accuracy 1 0.9", "val_loss 1 0.6", "accuracy 2 0.5", "loss 2 2.5", "val_accuracy 2 0.9",
        "val_loss 2 0.6",
      ])
    // The evaluation after the training is another bar.
    let evaluation = "\n" + bar(20, "accuracy: 0.6 - loss: 0.1") + bar(50, "accuracy: 0.7 - loss: 0.2") + "\n"
    #expect(try rows(output + evaluation).suffix(2) == ["accuracy 2 0.7", "loss 2 0.2"])
    #expect(
      try rows("Epoch 1/2\n63/63 - 2s - 30ms/step - accuracy: 0.5535 - loss: 0.6829\n") == ["accuracy 1 0.5535", "loss 1 0.6829"])
    #expect(
      try rows("Epoch 4/5\n1875/1875 [==============================] - 3s 2ms/step - loss: 0.2912 - accuracy: 0.9159\n") == [
        "loss 4 0.2912", "accuracy 4 0.9159",
      ])
  }

  @Test("Lightning's bar stays full during the validation: what it showed before isn't taken for this epoch's")
  func lightning() throws {
    let output = (0..<2).map { epoch in
      let old = epoch == 0 ? "" : ", val_loss=0.\(epoch)"
      return bar("Epoch \(epoch): ", 40, 40, "v_num=0, train_loss=1.\(epoch)\(old)") + "\n"
        + (0...40).map { bar("Validation DataLoader 0: ", $0, 40, "") + "\u{1b}[A\n" }.joined()
        + bar("Epoch \(epoch): ", 40, 40, "v_num=0, train_loss=1.\(epoch), val_loss=0.\(epoch + 1)")
    }.joined()
    #expect(try rows(output) == ["train_loss 0 1.0", "val_loss 0 0.1", "train_loss 1 1.1", "val_loss 1 0.2"])
  }

  @Test("Rich's bar is one bar however far it is drawn")
  func rich() throws {
    let output = (1...40).map { done in
      "\r\u{1b}[2KEpoch 0/9 \(String(repeating: "━", count: done)) \(done)/40 0:00:05 • 0:00:00 180.53it/s v_num: 0.000 train_loss: 0.\(done)\n\u{1b}[1A"
    }.joined()
    #expect(try rows(output) == ["train_loss 0 0.4"])
  }

  @Test("a full bar is settled once nothing more comes for a second")
  func wait() throws {
    var reader = OutputReader()
    #expect(reader.read(Array((bar("Epoch 3: ", 10, 10, "loss=0.5") + "\n").utf8)[...], time: 10_000) == [])
    #expect(reader.wait(time: 10_900) == [])
    #expect(reader.wait(time: 11_000) == [Measurement(key: "loss", step: 3, value: 0.5, time: 10_000)])
    #expect(reader.finish(time: 12_000) == [])
  }

  @Test("a line that a script writes over itself gives the last of each step")
  func carriageReturns() throws {
    let output = (0..<3).map { epoch in (0..<9).map { "\repoch \(epoch) batch \($0)/9 loss 0.\(epoch)\($0)" }.joined() }.joined()
    #expect(try rows(output + "\n") == ["loss 0 0.08", "loss 1 0.18", "loss 2 0.28"])
  }
}
