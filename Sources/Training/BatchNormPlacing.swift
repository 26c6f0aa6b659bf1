internal import Tensors

/// Which Linear each BatchNorm1d follows, and on which side of the activation: by the numbers in the names, or not at all.
struct BatchNormPlacing {
  private let order: [LayerOrder.Layer]
  /// Of each layer the name of its BatchNorm1d.
  private(set) var norms: [String?]
  private(set) var place: BatchNormPlace?
  /// One whose size fits several layers, or the inputs: the numbers alone say which layer it follows.
  private(set) var placedByNumber: String?
  private var positions: [LayerName?]

  init(_ order: [LayerOrder.Layer], _ found: [(name: LayerName, size: Int)]) throws(NetProblem) {
    self.order = order
    norms = order.map { _ in nil }
    positions = norms.map { _ in nil }
    var places: Set<BatchNormPlace?> = []
    for norm in found {
      let index = try Self.layer(of: norm, in: order, count: found.count)
      guard norms[index] == nil else { throw NetProblem("'\(norm.name.stem)' is the second BatchNorm1d after '\(order[index].name.stem)'") }
      guard order[index].outputs == norm.size else {
        throw NetProblem(
          "'\(norm.name.stem)' has \(norm.size) features, and '\(order[index].name.stem)' before it gives \(order[index].outputs)")
      }
      let isAmbiguous = order[0].inputs == norm.size || order.count { $0.outputs == norm.size } > 1
      if isAmbiguous, placedByNumber == nil, !norm.name.isBeside(order[index].name) { placedByNumber = norm.name.stem }
      norms[index] = norm.name.stem
      positions[index] = norm.name
      if index < order.count - 1 {
        places.insert(Self.place(norm.name, after: order[index].name, before: order[index + 1].name))
      } else if norm.name.isBeside(order[index].name), norm.name.index > order[index].name.index + 1 {
        throw NetProblem("something stands between the last Linear and '\(norm.name.stem)', and the file doesn't say what")
      }
    }
    guard places.count <= 1 else { throw NetProblem("its BatchNorm1d don't all stand on one side of the activation") }
    place = places.first ?? (found.isEmpty ? nil : .last)
  }

  /// The layer that a BatchNorm1d follows.
  private static func layer(
    of norm: (name: LayerName, size: Int), in order: [LayerOrder.Layer], count: Int
  ) throws(NetProblem) -> Int {
    // Elements of one nn.Sequential: the Linear before it.
    if order.contains(where: { norm.name.isBeside($0.name) }) {
      if let index = order.lastIndex(where: { norm.name.isBeside($0.name) && $0.name.index < norm.name.index }) { return index }
      throw NetProblem("'\(norm.name.stem)' is a BatchNorm1d before the first Linear")
    }
    // bn1 after fc1: the numbers must begin alike.
    let numbered = order.indices.filter { !order[$0].name.numbers.isEmpty && order[$0].name.numbers == norm.name.numbers }
    if numbered.count == 1 { return numbered[0] }
    // One without a number: where only one layer gives so many, and the net doesn't take as many, which it might normalise.
    let fitting = order.indices.filter { order[$0].outputs == norm.size }
    if norm.name.numbers.isEmpty, count == 1, fitting.count == 1, order[0].inputs != norm.size { return fitting[0] }
    throw NetProblem("which Linear '\(norm.name.stem)' (BatchNorm1d) follows isn't in the names")
  }

  /// By what is free between the elements of an nn.Sequential; nil where that leaves both sides.
  private static func place(_ norm: LayerName, after linear: LayerName, before next: LayerName) -> BatchNormPlace? {
    guard norm.isBeside(linear) else { return nil }
    let isNext = norm.index == linear.index + 1
    guard next.isBeside(norm) else { return isNext ? .before : nil }
    if isNext { return .before }
    return next.index == norm.index + 1 ? .after : nil
  }

  /// Whether the elements of one nn.Sequential follow each other without a gap for an activation; throws when some do and some don't,
  /// and when layers of several modules leave that open.
  func hasNoRoom() throws(NetProblem) -> Bool {
    let names = order.map(\.name)
    guard names.count > 1 else { return false }
    if zip(names, names.dropFirst()).allSatisfy({ $0.isBeside($1) }) {
      let room = names.indices.dropLast().map {
        names[$0 + 1].index - names[$0].index - 1 - (positions[$0]?.isBeside(names[$0]) == true ? 1 : 0)
      }
      guard let none = room.firstIndex(of: 0) else { return false }
      guard room.allSatisfy({ $0 == 0 }) else {
        throw NetProblem("'\(names[none].stem)' and '\(names[none + 1].stem)' have no room for an activation between them, others have")
      }
      // An nn.ModuleList, whose name stands before the numbers, has its activations elsewhere; a wrapper's name says nothing.
      var pattern = names[0].pattern
      while let wrapper = ["module.", "_orig_mod."].first(where: { pattern.hasPrefix($0) }) { pattern.removeFirst(wrapper.count) }
      return pattern.hasSameBytes(as: "#")
    }
    // Of several modules: a gap in one of them means activations within it, and then nobody knows what stands between the modules.
    for (a, b) in zip(names, names.dropFirst()) where a.isBeside(b) && (b.index > a.index + 1 || a.numbers.count > 1) {
      throw NetProblem(
        "'\(names[0].stem)' and '\(names[names.count - 1].stem)' are of different modules: what stands between those isn't in the file")
    }
    return false
  }
}
