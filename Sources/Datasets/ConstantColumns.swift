extension FeatureEncoder {
  /// The columns whose rows in `x` (rows, columns) are all the same once missing cells are filled in: categories exactly, numbers
  /// up to what rounding makes of them.  Standardisation gives such a number column the scale 1.
  public func constantColumns(_ x: [Double]) -> [String] {
    let width = columns.count
    guard !x.isEmpty, x.count % width == 0 else { return [] }
    let x = filled(x)
    // Most columns are out after a row or two.  No column that differs by a thousandth is constant up to rounding.
    var candidates = Array(columns.indices)
    for start in stride(from: 0, to: x.count, by: width) where !candidates.isEmpty {
      candidates.removeAll { column in
        let (first, value) = (x[column], x[start + column])
        return !(value == first || columns[column].categories == nil && (value - first).magnitude <= first.magnitude / 1_000)
      }
    }
    guard candidates.contains(where: { columns[$0].categories == nil }) else { return candidates.map { columns[$0].name } }
    let spreads = Spread.fit(x, width: width)
    return candidates.filter { columns[$0].categories != nil || spreads[$0].isConstant }.map { columns[$0].name }
  }
}
