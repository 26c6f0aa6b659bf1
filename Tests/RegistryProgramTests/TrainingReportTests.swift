import Testing

@testable import registry

/// The line of progress that a long training shows on a terminal.
struct TrainingReportTests {
  struct Moment: Sendable {
    let done, epochs: Int
    let loss, seconds: Double
    let text: String
  }

  static let moments = [
    Moment(done: 250, epochs: 1000, loss: 0.6931471805599453, seconds: 0.5, text: "epoch 250/1000, loss 0.693147, 500 epochs/s, 2 s left"),
    Moment(done: 3, epochs: 1203, loss: .nan, seconds: 2, text: "epoch 3/1203, loss nan, 1.5 epochs/s, 13 min left"),
    Moment(done: 1, epochs: 10_001, loss: 1e-7, seconds: 1, text: "epoch 1/10001, loss 1e-07, 1.0 epochs/s, 2 h 46 min left"),
    Moment(done: 1000, epochs: 1000, loss: 0, seconds: 1e-9, text: "epoch 1000/1000, loss 0, 1000000000000 epochs/s, 0 s left"),
    Moment(done: 1, epochs: 100_000_000, loss: 2, seconds: 1, text: "epoch 1/100000000, loss 2, 1.0 epochs/s, days left"),
  ]

  @Test(
    "prints each hundredth loss, or every 200th, 500th, 1000th, … where that would be more than forty lines",
    arguments: [
      (0, 100), (1, 100), (2000, 100), (4000, 100), (4001, 200), (8000, 200), (8001, 500), (20_000, 500), (20_001, 1000), (40_001, 2000),
      (80_001, 5000), (1_000_000, 50_000), (10_000_000, 500_000), (Int.max, 500_000_000_000_000_000),
    ])
  func interval(epochs: Int, expected: Int) { #expect(TrainingReport.lineInterval(epochs: epochs) == expected) }

  @Test("progress says the epoch, the loss, the rate and the time left", arguments: moments)
  func progress(moment: Moment) {
    let text = TrainingReport.progress(moment.done, of: moment.epochs, trainLoss: moment.loss, seconds: moment.seconds)
    #expect(text == moment.text)
    #expect(text.count < 80)
  }
}
