import ModelRegistry

extension NamedValues<Double> {
  /// What is said of an accuracy that isn't from 0 to 1, such as 95.5 for 95.5 %: the version's column stays empty.  Nil for any other.
  var accuracyRemark: String? {
    guard let accuracy = self["accuracy"], !(0...1).contains(accuracy) else { return nil }
    return "accuracy \(accuracy.shortText) isn't from 0 to 1: it is kept as a metric, and the version's column accuracy stays empty"
  }
}
