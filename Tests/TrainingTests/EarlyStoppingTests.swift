import NeuralNets
import Testing
import Training

struct EarlyStoppingTests {
  struct Course: Sendable {
    let losses: [Double]
    let patience: Int
    /// The epoch after which it stops, nil for never.
    let stop: Int?
    let best: Int?
  }

  static let courses = [
    Course(losses: [3, 2, 1, 0.5], patience: 1, stop: nil, best: 3),
    Course(losses: [3, 2, 2.5, 2.4, 2.3], patience: 2, stop: 3, best: 1),
    Course(losses: [3, 2, 2.5, 1, 1, 1], patience: 2, stop: 5, best: 3),
    Course(losses: [.nan, .nan, .nan], patience: 2, stop: 1, best: nil),
    Course(losses: [2, .nan, 1, .nan, .nan], patience: 2, stop: 4, best: 2),
  ]

  @Test("training stops after so many epochs without a lower test loss, and the best net is kept", arguments: courses)
  func stops(course: Course) {
    var stopping = EarlyStopping(patience: course.patience)
    var stop: Int?
    for (epoch, loss) in course.losses.enumerated() where stop == nil {
      let net = NeuralNet(inputSize: 2, hiddenSize: 1, seed: UInt64(epoch))
      if !stopping.shouldContinue(epoch: epoch, testLoss: loss, net: net) { stop = epoch }
    }
    #expect(stop == course.stop)
    #expect(stopping.bestEpoch == course.best)
    #expect(stopping.bestNet == course.best.map { NeuralNet(inputSize: 2, hiddenSize: 1, seed: UInt64($0)) })
  }
}
