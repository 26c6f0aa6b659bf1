// What the parts of the fault VFS share.
#ifndef FAULTVFS_INTERNAL_H
#define FAULTVFS_INTERNAL_H

#include "include/faultvfs.h"

#include <sqlite3.h>
#include <stdint.h>

enum { SECTOR = 512, MAX_NAME = 512, MAX_FILES = 64, MAX_DISKS = 64 };

// Bytes that grow.
typedef struct {
  unsigned char *bytes;
  int64_t size;
} blob;

// A write or (bytes == NULL) a truncation that isn't synced yet.
typedef struct change {
  struct change *next;
  int64_t offset;
  int64_t size;
  unsigned char *bytes;
} change;

typedef struct {
  blob now;
  blob synced;
  change *first, *last;
  int references; // names and open handles
  int shared;
  void *reserved, *pending, *exclusive;
} inode;

typedef struct {
  char name[MAX_NAME];
  inode *now;    // NULL: there is no such file
  inode *synced; // what a power cut may bring back
} entry;

struct fault_disk {
  char folder[MAX_NAME];
  entry entries[MAX_FILES];
  int count;
  fault_kind kind;
  int64_t strike_at;
  int64_t operations;
  int struck;
  int dead;
  uint64_t generation;
};

typedef struct {
  sqlite3_file base;
  fault_disk *disk;
  inode *inode;
  uint64_t generation;
  int level;
  int syncs_folder;
} handle;

// bytes.c: contents of files.  What can run out of memory gives SQLite's code.
int fault_blob_resize(blob *b, int64_t size);
int fault_blob_put(blob *b, int64_t offset, const unsigned char *bytes, int64_t size);
int fault_blob_copy(blob *to, const blob *from);
/// Remembers what isn't synced yet.
int fault_inode_note(inode *i, int64_t offset, const void *bytes, int64_t size);
void fault_inode_forget_changes(inode *i);
/// Makes a name or a handle mean another inode (or none), and frees what nothing means any more.
void fault_inode_point(inode **slot, inode *to);
void fault_inode_release(inode *i);

// disk.c: disks, the names on them, and whether an operation is one that fails.
fault_disk *fault_disk_at(const char *path);
entry *fault_find(fault_disk *disk, const char *path, int making);
void fault_sync_folder(fault_disk *disk);
/// `error` is what the operation then gives.
int fault_strikes(fault_disk *disk, int *error, int grows);
/// Forgets every file.
void fault_clear(fault_disk *disk);

// file.c and vfs.c: what SQLite calls.
extern const sqlite3_io_methods fault_file_methods;
/// Becomes SQLite's default VFS, once.
void fault_install(void);

#endif
