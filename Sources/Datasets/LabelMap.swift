/// The labels with every one that is in `from` replaced by `to`.
///
/// Source: the tutorial's `label_map(y_, from_, to_)`.
public func labelMap(_ labels: [Int64], from: [Int64], to: Int64) -> [Int64] {
  labels.map { from.contains($0) ? to : $0 }
}
