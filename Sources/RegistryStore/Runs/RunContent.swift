/// What a run is told before it begins: its model, its data, its params.
package struct RunContent: Sendable {
  package let model: String
  package let dataset: DatasetContent
  /// The name that the dataset gets if it has none.
  package let datasetName: String
  package let seed: UInt64
  /// All that is needed to do it again, besides the dataset and the seed.
  package let params: [(key: String, value: CellValue)]
  /// The version that it is fine-tuned from.
  package let parent: VersionRecord?
  /// Nil is that of the model's name.
  package let experiment: String?

  package init(
    model: String, dataset: DatasetContent, datasetName: String, seed: UInt64, params: [(key: String, value: CellValue)],
    parent: VersionRecord?, experiment: String? = nil
  ) {
    self.model = model
    self.dataset = dataset
    self.datasetName = datasetName
    self.seed = seed
    self.params = params
    self.parent = parent
    self.experiment = experiment
  }
}
