import FaultVFS
import Foundation
import TestSupport

/// A disk in memory, under a folder of its own, that fails when told to: see `faultvfs.h` for what it assumes of hardware.
final class FaultDisk {
  let folder: TemporaryFolder
  private let disk: OpaquePointer

  init() throws {
    folder = try TemporaryFolder()
    guard let disk = fault_disk_create(folder.url.path) else { throw OutOfMemory() }
    self.disk = disk
  }

  deinit { fault_disk_free(disk) }

  struct OutOfMemory: Error {}

  /// A file on it.
  func path(_ name: String) -> String { folder.path(name) }

  /// The operation of this number from now on (1 is the next) fails.
  func arm(_ kind: fault_kind, at operation: Int) { fault_disk_arm(disk, kind, Int64(operation)) }
  func disarm() { arm(FAULT_NONE, at: 0) }

  /// Counted since it was armed.
  var operations: Int { Int(fault_disk_operations(disk)) }
  var struck: Bool { fault_disk_struck(disk) != 0 }
  /// Journals included.
  var fileCount: Int { Int(fault_disk_files(disk)) }

  /// The power comes back.
  func restart(_ how: fault_reboot, seed: UInt64) { fault_disk_restart(disk, how, seed) }

  /// What is on a disk at one moment.
  final class Snapshot {
    fileprivate let disk: OpaquePointer
    fileprivate init(_ disk: OpaquePointer) { self.disk = disk }
    deinit { fault_disk_free(disk) }
  }

  func snapshot() throws -> Snapshot {
    guard let copy = fault_disk_snapshot(disk) else { throw OutOfMemory() }
    return Snapshot(copy)
  }

  func restore(_ snapshot: Snapshot) { fault_disk_restore(disk, snapshot.disk) }
}
