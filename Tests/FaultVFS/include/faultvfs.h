// A disk in memory that fails when told to: for tests of what survives a power cut, a full disk, a broken one.
//
// It is what SQLite's own tests do with their crash VFS.  Files below a disk's folder live in memory; all others go to the
// system's VFS as before, so one process can use both.
//
// What is assumed of the hardware is what SQLite assumes (and no more):
// 1. What was written and not synced may be lost, kept, or kept in part, sector by sector (512 bytes), in any order.
// 2. A file that was created or deleted may turn up as it was before, each on its own, until its folder is synced: by the first
//    sync of a journal, or by a delete that asks for it.  Syncing a file does not sync its folder.
// 3. A write leaves the bytes around it alone, a power cut included (SQLITE_IOCAP_POWERSAFE_OVERWRITE, as the unix VFS says).
// A disk belongs to one thread at a time.
#ifndef FAULTVFS_H
#define FAULTVFS_H

#include <stdint.h>

typedef struct fault_disk fault_disk;

typedef enum {
  FAULT_NONE,
  /// The operation fails once with an I/O error; what it should have done isn't done.
  FAULT_ERROR,
  /// The operation, a write that makes a file grow, fails with SQLITE_FULL; so do all later ones until the disk is armed anew.
  FAULT_FULL,
  /// The power goes: the operation and all that follow fail until the disk is rebooted.
  FAULT_CRASH,
} fault_kind;

typedef enum {
  /// What wasn't synced is gone.
  FAULT_LOSE,
  /// What wasn't synced came through all the same.
  FAULT_KEEP,
  /// A random part of it did.
  FAULT_MIX,
} fault_reboot;

/// A disk for the files below `folder` (an absolute path without a slash at its end); null when memory is short.
fault_disk *fault_disk_create(const char *folder);

/// Forgets the disk.  No connection to it may be open.
void fault_disk_free(fault_disk *disk);

/// The `operation`-th operation from now (1 is the next) fails.  Counted are writes, syncs, truncates, deletes and creations.
void fault_disk_arm(fault_disk *disk, fault_kind kind, int64_t operation);

/// How many operations were counted since the disk was armed.
int64_t fault_disk_operations(const fault_disk *disk);

/// Whether the fault has struck.
int fault_disk_struck(const fault_disk *disk);

/// Ends the power cut.  What isn't synced is decided by `how` and `seed`; open connections stay dead for ever.
void fault_disk_restart(fault_disk *disk, fault_reboot how, uint64_t seed);

/// How many files there are, journals included.
int fault_disk_files(const fault_disk *disk);

/// Keeps the disk as it is (all of it counts as synced); gives null when memory is short.
fault_disk *fault_disk_snapshot(const fault_disk *disk);

/// Makes `disk` what the snapshot is.  Open connections stay dead.
void fault_disk_restore(fault_disk *disk, const fault_disk *snapshot);

#endif
