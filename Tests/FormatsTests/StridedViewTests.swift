import Tensors
import Testing

@testable import Formats

@Suite("Strided views")
struct StridedViewTests {
  /// The elements one by one, as torch's documentation defines them.
  private static func expected(_ view: StridedView, _ storage: [UInt8], size: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in 0..<view.elementCount {
      var (rest, place) = (number, view.offset)
      for (dimension, stride) in zip(view.shape, view.strides).reversed() {
        place += rest % dimension * stride
        rest /= dimension
      }
      bytes += storage[place * size..<(place + 1) * size]
    }
    return bytes
  }

  private static func gathered(_ view: StridedView, _ storage: [UInt8], size: Int, window: Int) throws -> (bytes: [UInt8], read: Int) {
    var read = 0
    var bytes = [UInt8](repeating: 0xff, count: view.elementCount * size)
    try bytes.withUnsafeMutableBytes { target in
      try view.gather(elementSize: size, into: target, windowBytes: window) { (start, part) throws(FormatError) in
        read += part.count
        let place = view.offset * size + start
        part.copyBytes(from: storage[place..<place + part.count])
      }
    }
    return (bytes, read)
  }

  @Test("of any strides give their elements in row-major order, through a window of any size", arguments: 1...300)
  func random(seed: Int) throws {
    var random = Random(seed: UInt64(seed))
    let size = [1, 2, 4, 8, 16].randomElement(using: &random) ?? 1
    let shape = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 0...5, using: &random) }
    // A permutation of a dense tensor, with gaps, or anything.
    var strides = [Int](repeating: 0, count: shape.count)
    if seed % 2 == 0 {
      var step = Int.random(in: 1...3, using: &random)
      for dimension in shape.indices.shuffled(using: &random) {
        strides[dimension] = step
        step *= max(shape[dimension], 1) + Int.random(in: 0...1, using: &random)
      }
    } else {
      strides = shape.map { _ in Int.random(in: 0...9, using: &random) }
    }
    let view = try StridedView(shape: shape, strides: strides, offset: Int.random(in: 0...7, using: &random))
    let storage = (0..<max(view.needed, 1) * size).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 8) }
    for window in [1, 24, 1 << 20] {
      let result = try Self.gathered(view, storage, size: size, window: window)
      #expect(result.bytes == Self.expected(view, storage, size: size), "\(view), window \(window)")
      for limit in [1, 7, 40] {
        let slabs = view.slabs(of: limit)
        #expect(slabs.allSatisfy { $0.elementCount <= limit } || view.elementCount == 0)
        #expect(slabs.flatMap { Self.expected($0, storage, size: size) } == result.bytes, "\(view) in slabs of \(limit)")
      }
      if seed % 2 == 0 { #expect(view.isMonotonic && result.read <= (view.reach + 1) * size, "each byte is read once at most") }
    }
  }

  @Test("of few elements that are far apart, or without elements, compute with no number that overflows")
  func extremes() throws {
    let far = 1 << 62
    #expect(try StridedView(shape: [0], strides: [1], offset: far).reach == 0)
    #expect(try StridedView(shape: [1, 2], strides: [far, 2], offset: 0).strides == [0, 2])
    #expect(refusal(Pickle.weight(Pickle.tensor(offset: far, shape: [0]))) == nil)
    for shape in [[1, 2], [2, 1]] {
      let tensor = Pickle.tensor(
        storage: Pickle.storage(count: 4), shape: shape, strides: shape[0] == 1 ? [far, 2] : [2, far])
      let zip = CraftedZip.torch(Pickle.file(Pickle.dictionary([(Pickle.text("w"), tensor)])), ["0": [UInt8](0..<16)])
      let file = try openTensorFile(InputFile(bytes: zip.bytes, name: "f"))
      #expect(try file.tensor(at: 0).data == [0, 1, 2, 3, 8, 9, 10, 11])
    }
  }

  @Test("that overlap are read too, and a file that has no room for what they reach over is refused")
  func overlapping() throws {
    // As torch.Tensor.unfold makes them.
    let view = try StridedView(shape: [3, 4], strides: [2, 1], offset: 1)
    #expect(!view.isMonotonic)
    let storage = [UInt8](0..<20)
    #expect(try Self.gathered(view, storage, size: 1, window: 2).bytes == [1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8])
  }
}
