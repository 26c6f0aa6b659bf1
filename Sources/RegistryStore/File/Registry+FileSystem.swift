internal import Files
internal import SQLite

extension Registry {
  /// The kind of network file system that the file is on, `NFS` say; nil for a local one.  There, the locks that keep writers from each other
  /// may not hold (sqlite.org/howtocorrupt.html, section 2).
  public var networkFileSystem: String? {
    let type = FileSystem.type(of: path) ?? FileSystem.type(of: path.pathFolder)
    return type.flatMap { NetworkFileSystem.name(ofType: $0) }
  }
}

/// File systems whose locks another machine keeps, by the numbers that statfs(2) gives them (linux/magic.h and the kernel's sources).
enum NetworkFileSystem {
  private static let names: [Int64: String] = [
    0x6969: "NFS",
    0xff53_4d42: "CIFS",
    0xfe53_4d42: "SMB",
    0x517b: "SMB",
    0x0102_1997: "9P",
    0x5346_414f: "AFS",
    0x6b41_4653: "AFS",
    0x7375_7245: "Coda",
    0x00c3_6400: "Ceph",
    0x564c: "NCP",
    0x0bd0_0bd0: "Lustre",
    0x0116_1970: "GFS2",
    0x7461_636f: "OCFS2",
    0x4750_4653: "GPFS",
    0x1983_0326: "BeeGFS",
    0xaad7_aaea: "PanFS",
    // sshfs, s3fs, GlusterFS and the like; local ones (ntfs-3g) too, and the number doesn't tell them apart.
    0x6573_5546: "FUSE",
  ]

  /// Its name; nil for a local file system.
  static func name(ofType type: Int64) -> String? { names[type] }
}
