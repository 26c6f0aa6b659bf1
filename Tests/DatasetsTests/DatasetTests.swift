import Datasets
import Tensors
import Testing

@Suite("Datasets as stored parts")
struct DatasetTests {
  @Test("the parts bring the same dataset back")
  func roundTrip() throws {
    let dataset = try Dataset(
      BlobsSource(trainSamples: 9, testSamples: 3, centers: [[0, 1, 2], [0.1, -7, 1e300]], clusterStd: 1e-3, seed: .max))
    let back = try Dataset(columnsJSON: dataset.columns.json, sourceJSON: dataset.source.json, tensors: dataset.tensors)
    #expect(back == dataset)
    #expect(back.digest == dataset.digest)
  }

  @Test("the JSON of columns and sources is what the registry documents")
  func json() throws {
    let columns = try Columns(
      features: [FeatureColumn(name: "a/b"), FeatureColumn(name: "color", categories: ["blue", "red"])],
      target: TargetColumn(name: "bought", classes: ["no", "yes"]))
    #expect(
      columns.json
        == #"{"features":[{"name":"a/b","type":"number"},{"categories":["blue","red"],"name":"color","type":"category"}],"#
        + #""target":{"classes":["no","yes"],"name":"bought","type":"class"}}"#)
    #expect(
      DatasetSource.makeBlobs(BlobsSource(seed: 3)).json
        == #"{"centers":[[1,1],[-1,-1],[1,-1],[-1,1]],"cluster_std":0.3,"kind":"make_blobs","seed":3,"test_samples":20,"train_samples":80}"#
    )
    let csv = DatasetSource.csv(
      CSVSource(file: "wine.csv", delimiter: ";", split: .fraction(0.2, seed: 7), dropMissing: true, droppedRows: 2, task: .multiclass))
    #expect(
      csv.json
        == #"{"delimiter":";","drop_missing":true,"dropped_rows":2,"file":"wine.csv","kind":"csv","seed":7,"task":"multiclass","test_fraction":0.2}"#
    )
    #expect(try DatasetSource(json: csv.json) == csv)
  }

  @Test("the source is no part of the digest, every column and value is")
  func digest() throws {
    let dataset = try Dataset(BlobsSource())
    let renamed = try Dataset(columns: dataset.columns, source: .makeBlobs(BlobsSource(seed: 9)), tensors: dataset.tensors)
    #expect(renamed.digest == dataset.digest)
    let columns = try Columns(features: [FeatureColumn(name: "x"), FeatureColumn(name: "x1")], target: dataset.columns.target)
    #expect(try Dataset(columns: columns, source: dataset.source, tensors: dataset.tensors).digest != dataset.digest)
    #expect(try Dataset(BlobsSource(seed: 1)).digest != dataset.digest)
  }

  static let columns =
    #"{"features":[{"name":"a","type":"number"},{"name":"b","type":"category","categories":["u","v"]}],"target":{"name":"y","type":"class","classes":["n","p"]}}"#

  @Test(
    "JSON that describes no columns is refused",
    arguments: [
      "", "null", "[]", "{}", #"{"features":[],"target":{"name":"y","type":"number"}}"#, "\u{0}", String(repeating: "[", count: 100_000),
      #"{"features":[{"name":"y","type":"number"}],"target":{"name":"y","type":"number"}}"#,
      #"{"features":[{"name":"a","type":"category"}],"target":{"name":"y","type":"number"}}"#,
      #"{"features":[{"name":"a","type":"category","categories":["u","u"]}],"target":{"name":"y","type":"number"}}"#,
      #"{"features":[{"name":"a","type":"number"}],"target":{"name":"y","type":"class","classes":["n"]}}"#,
      #"{"features":[{"name":"a","type":"number"}],"target":{"name":"y","type":"class"}}"#,
    ])
  func hostileColumns(json: String) {
    #expect(throws: DatasetError.self) { try Columns(json: json) }
  }

  @Test(
    "JSON that describes no source is refused",
    arguments: ["", "{}", #"{"kind":"magic"}"#, #"{"kind":"csv"}"#, #"{"kind":"make_blobs","seed":-1}"#])
  func hostileSource(json: String) {
    #expect(throws: DatasetError.inconsistent(part: "source", problem: "not the JSON of a source")) { try DatasetSource(json: json) }
  }

  /// Parts that fit `columns`, with one replaced.
  private func tensors(_ name: String, _ tensor: Tensor?) throws -> StateDict {
    var parts = [
      ("x_train", try Tensor([0.5, 1, 1.5, 0], shape: [2, 2])), ("y_train", Tensor([0, 1] as [Int64])),
      ("x_test", try Tensor([2.5, 1], shape: [1, 2])), ("y_test", Tensor([1] as [Int64])),
    ]
    parts.removeAll { $0.0 == name }
    if let tensor { parts.append((name, tensor)) }
    return try StateDict(parts)
  }

  @Test("stored tensors that contradict the columns are refused, and say how")
  func contradictions() throws {
    let cases: [(String, Tensor?, String)] = [
      ("x_train", try Tensor([0.5, 1], shape: [2, 1]), "the dataset's x_train: has 1 columns, the columns JSON names 2"),
      ("x_train", Tensor([0.5, 1]), "the dataset's x_train: has shape [2], not 2 dimensions"),
      ("x_train", try Tensor([Float](repeating: 0, count: 4), shape: [2, 2]), "the dataset's x_train: is F32, not F64"),
      ("x_train", try Tensor([.infinity, 1, 1, 1], shape: [2, 2]), "the dataset's x_train: has the value inf"),
      // The one NaN is a missing cell, others aren't.
      (
        "x_train", try Tensor([Double(nan: 1, signaling: false), 1, 1, 1], shape: [2, 2]), "the dataset's x_train: has the value nan(0x1)"
      ),
      ("x_train", try Tensor([0, 2, 1, 1], shape: [2, 2]), "the dataset's x_train: has category 2.0 of 'b', there are 2"),
      ("x_train", try Tensor([0, 0.5, 1, 1], shape: [2, 2]), "the dataset's x_train: has category 0.5 of 'b', there are 2"),
      ("x_train", try Tensor([0, -1, 1, 1], shape: [2, 2]), "the dataset's x_train: has category -1.0 of 'b', there are 2"),
      ("x_test", try Tensor([Double](), shape: [0, 2]), "the dataset's x_test: has no row"),
      ("x_test", try Tensor([Double](), shape: [4_000_000_000_000, 0]), "the dataset's x_test: has 0 columns, the columns JSON names 2"),
      ("y_train", Tensor([0, 2] as [Int64]), "the dataset's y_train: has the label 2, there are 2 classes"),
      ("y_train", Tensor([0, -1] as [Int64]), "the dataset's y_train: has the label -1, there are 2 classes"),
      ("y_train", Tensor([0] as [Int64]), "the dataset's y_train: has 1 values for 2 rows"),
      ("y_train", Tensor([0, 1] as [Double]), "the dataset's y_train: is F64, not I64"),
      ("y_train", nil, #"the dataset's tensors: ["x_train", "x_test", "y_test"] instead of ["x_train", "y_train", "x_test", "y_test"]"#),
    ]
    let source = DatasetSource.makeBlobs(BlobsSource()).json
    for (name, tensor, message) in cases {
      let parts = try tensors(name, tensor)
      let error = #expect(throws: DatasetError.self) { try Dataset(columnsJSON: Self.columns, sourceJSON: source, tensors: parts) }
      #expect(error?.description == message)
    }
    #expect(try Dataset(columnsJSON: Self.columns, sourceJSON: source, tensors: tensors("", nil)).trainCount == 2)
  }
}
