internal import Tensors

/// What a run is given at once.
package struct RunAddition {
  /// Files of the disk, or folders, and what they are called in the run.
  package var files: [(file: String, name: String?)]
  package var texts: [(bytes: [UInt8], name: String)]
  package var dataset: RunDataset?

  package init(files: [(file: String, name: String?)] = [], texts: [(bytes: [UInt8], name: String)] = [], dataset: RunDataset? = nil) {
    (self.files, self.texts, self.dataset) = (files, texts, dataset)
  }
}

extension RunWriter {
  /// Stores files and a dataset together with what `append` adds and all that waits, in one transaction: where anything of it can't be stored,
  /// what waited before still waits, and nothing else has happened.
  package func add(_ addition: RunAddition, after append: () throws -> Void = {}) throws {
    try expectOpen()
    let files = try addition.files.flatMap { try registry.filesOnDisk($0.file, as: $0.name) }
    try Registry.checkFileTree(files.map(\.name) + addition.texts.map(\.name), of: "run \(run)", path: registry.path)
    func stage() throws -> [StagedFile] {
      try registry.stage(files) + addition.texts.map { try StagedFile($0.bytes, as: $0.name, in: registry) }
    }
    beginHeartbeat()
    defer { endHeartbeat() }
    try undoing {
      try append()
      try registry.staging(stage) { files in
        try writeWaiting()
        for file in files { try registry.insertArtifact(file, run: id) }
        if let dataset = addition.dataset { try registry.insert(dataset, run: id) }
      }
    }
    forgetWaiting()
  }
}
