public import Datasets
public import RegistryStore
internal import Tensors

extension Registry {
  /// Stores a dataset under a name.  Equal content is stored once, under as many names as it is given; a name that other content
  /// has is refused unless `replacing`, which moves it.
  public func add(_ dataset: Dataset, name: String, replacing: Bool = false) throws -> StoredDataset {
    try add(DatasetContent(dataset), name: name, replacing: replacing)
  }

  /// The content of a dataset, checked against its digests.
  public func dataset(_ record: DatasetRecord) throws -> Dataset {
    try snapshot { try dataset(id: record.id) }
  }

  /// The dataset that a run was trained on, rebuilt and checked; nil for a run without one.
  public func dataset(ofRun run: Int) throws -> Dataset? {
    try snapshot { try datasetID(ofRun: run).map { try dataset(id: $0) } }
  }

  /// Where the dataset of a run came from, without its tensors; nil for a run without one.
  public func datasetSource(ofRun run: Int) throws -> DatasetSource? {
    try datasetSourceJSON(ofRun: run).map { try DatasetSource(json: $0) }
  }

  private func dataset(id: Int64) throws -> Dataset {
    try dataset(id: id) { content in
      let dataset = try Dataset(content)
      return (dataset, dataset.digest.hex)
    }
  }
}
