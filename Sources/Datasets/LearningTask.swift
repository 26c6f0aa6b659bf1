/// What a target column asks for.
public enum LearningTask: String, Codable, Sendable, Hashable, CaseIterable {
  /// Two classes: one probability, BCELoss.
  case binary
  /// Two or more classes: one logit each, CrossEntropyLoss.
  case multiclass
  /// A number: MSELoss.
  case regression
}
