/// The debiased exponential moving average that TensorBoard draws.
///
/// Of values x₁, x₂, …: sₙ = w·sₙ₋₁ + (1 − w)·xₙ from s₀ = 0, and drawn is sₙ / (1 − wⁿ), so that the first values aren't pulled to 0.
/// What isn't finite stays as it is and counts for nothing; a weight of 0 changes nothing.
public func smoothed(_ values: [Double], weight: Double) -> [Double] {
  var (average, bias) = (0.0, 1.0)
  return values.map { value in
    guard value.isFinite else { return value }
    average = average * weight + (1 - weight) * value
    bias *= weight
    return average / (1 - bias)
  }
}
