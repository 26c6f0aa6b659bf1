import Datasets
import Tensors
import TestSupport
import Testing

@Suite("What data can't teach or measure")
struct DatasetCautionsTests {
  @Test("what a training can't learn and a test part can't measure is found")
  func cautions() throws {
    let rows = (0..<20).map { "\($0 == 3 ? "Z" : "a"),\(1_700_000_000 + 60 * $0),\($0 == 7 ? "rare" : $0 % 2 == 0 ? "p" : "q")\n" }
    // Where the one row is in the test part, the file is refused.
    let found = (0..<40 as Range<UInt64>).compactMap { seed in try? read("c,t,y\n" + rows.joined()) { $0.seed = seed } }
    for dataset in found {
      let x = dataset.x(.train)
      let z = Double(dataset.columns.features[0].categories?.firstIndex { $0.hasSameBytes(as: "Z") } ?? 9)
      let isTrained = stride(from: 0, to: dataset.x(.train).count, by: 2).contains { dataset.x(.train)[$0] == z }
      #expect(dataset.untrainedCategories(x).map(\.category) == (isTrained ? [] : ["Z"]))
      #expect(dataset.unmeasuredClasses.contains("rare"))
      #expect(dataset.float32Twins(x)?.column == "t" && dataset.farthestFeature(x)?.column == "t")
    }
    #expect(
      found.contains { !$0.untrainedCategories($0.x(.train)).isEmpty } && found.contains { $0.untrainedCategories($0.x(.train)).isEmpty })
    let small = try read("a,y\n1,0\n2,1\n3,0\n4,1\n")
    #expect(small.float32Twins(small.x(.train)) == nil)
  }
}
