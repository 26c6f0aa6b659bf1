internal import Datasets
internal import RegistryStore
internal import Tensors

extension DatasetContent {
  init(_ dataset: Dataset) {
    self.init(
      digest: dataset.digest.hex, source: dataset.source.json, columns: dataset.columns.json, tensors: dataset.tensors,
      tensorDigests: dataset.tensorDigests)
  }
}

extension Dataset {
  /// Throws where its parts contradict each other.
  init(_ content: DatasetContent) throws(DatasetError) {
    try self.init(
      columnsJSON: content.columns, sourceJSON: content.source, tensors: content.tensors,
      digests: content.tensorDigests)
  }
}
