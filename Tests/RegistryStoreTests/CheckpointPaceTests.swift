import Testing

@testable import RegistryStore

@Suite("checkpoints")
struct CheckpointPaceTests {
  @Test("take at most a twentieth of the time, whatever one costs", arguments: [0.001, 0.02, 0.5, 7] as [Double])
  func share(cost: Double) {
    var pace = CheckpointPace()
    var (elapsed, spent, count) = (0.0, 0.0, 0)
    // The first one is written on an estimate; this state is as large as it is slow.
    while elapsed < 1000 {
      elapsed += 0.25
      guard pace.isDue(bytes: Int(cost * 1e8), elapsed: .seconds(elapsed)) else { continue }
      pace.took(.seconds(cost))
      (spent, count) = (spent + cost, count + 1)
      elapsed += cost
      #expect(spent <= 0.0501 * elapsed)
    }
    #expect(count >= 6, "and no less often than that")
  }

  @Test("are left out where SQLite can't store them")
  func tooLarge() {
    #expect(CheckpointPace.fits(bytes: 900_000_000))
    #expect(!CheckpointPace.fits(bytes: 1_000_000_000))
    #expect(!CheckpointPace().isDue(bytes: 1_000_000_000, elapsed: .seconds(1_000_000)))
  }
}
