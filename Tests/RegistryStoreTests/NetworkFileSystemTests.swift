import SQLite
import StoreTestSupport
import Testing

@testable import RegistryStore

@Suite("network file systems")
struct NetworkFileSystemTests {
  @Test(
    "are known by the number that statfs gives them",
    arguments: [
      (0x6969, "NFS"), (0xff53_4d42, "CIFS"), (0xfe53_4d42, "SMB"), (0x517b, "SMB"), (0x0102_1997, "9P"), (0x5346_414f, "AFS"),
      (0x00c3_6400, "Ceph"), (0x6573_5546, "FUSE"),
    ] as [(Int64, String)])
  func known(type: Int64, name: String) { #expect(NetworkFileSystem.name(ofType: type) == name) }

  @Test("local ones are none", arguments: [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1] as [Int64])
  func local(type: Int64) { #expect(NetworkFileSystem.name(ofType: type) == nil) }

  @Test("the number of a file that isn't there is its folder's")
  func asks() throws {
    let stored = try StoredRegistry()
    #expect(FileSystem.type(of: stored.path) != nil)
    #expect(FileSystem.type(of: "/no/such/file") == nil)
    #expect(FileSystem.type(of: "/proc") == 0x9fa0)
    #expect(stored.registry.networkFileSystem == FileSystem.type(of: stored.path).flatMap { NetworkFileSystem.name(ofType: $0) })
  }
}
