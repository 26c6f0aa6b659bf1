/// Where the bytes of a storage stand in a file.
struct StorageBytes {
  let offset: Int
  let count: Int
  /// Its entry in a zip archive, which has a checksum; legacy files have none.
  let entry: ZipArchive.Entry?
}
