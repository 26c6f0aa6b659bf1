// The VFS: opening, deleting and asking for files (sqlite.org/vfs.html).  What stands on no disk of ours is the system's.
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static sqlite3_vfs vfs;
static sqlite3_vfs *system_vfs;

static int vfs_open(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags, int *out_flags) {
  (void)self;
  fault_disk *disk = fault_disk_at(path);
  if (!disk) return system_vfs->xOpen(system_vfs, path, file, flags, out_flags);
  handle *h = (handle *)file;
  memset(h, 0, sizeof *h);
  if (disk->dead) return SQLITE_CANTOPEN;
  entry *e = fault_find(disk, path, flags & SQLITE_OPEN_CREATE);
  if (!e || (!e->now && !(flags & SQLITE_OPEN_CREATE))) return SQLITE_CANTOPEN;
  if (!e->now) {
    int error = SQLITE_CANTOPEN;
    if (fault_strikes(disk, &error, 0)) return error;
    inode *new = calloc(1, sizeof *new);
    if (!new) return SQLITE_NOMEM;
    fault_inode_point(&e->now, new);
    // As in the unix VFS: the first sync of a new journal syncs the folder too.
    h->syncs_folder = !!(flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL));
  }
  h->disk = disk;
  h->generation = disk->generation;
  fault_inode_point(&h->inode, e->now);
  h->base.pMethods = &fault_file_methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *self, const char *path, int syncs_folder) {
  (void)self;
  fault_disk *disk = fault_disk_at(path);
  if (!disk) return system_vfs->xDelete(system_vfs, path, syncs_folder);
  int error = SQLITE_IOERR_DELETE;
  if (fault_strikes(disk, &error, 0)) return error;
  entry *e = fault_find(disk, path, 0);
  if (!e || !e->now) return SQLITE_IOERR_DELETE_NOENT;
  fault_inode_point(&e->now, 0);
  if (syncs_folder) fault_sync_folder(disk);
  return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *self, const char *path, int flags, int *answer) {
  (void)self;
  fault_disk *disk = fault_disk_at(path);
  if (!disk) return system_vfs->xAccess(system_vfs, path, flags, answer);
  if (disk->dead) return SQLITE_IOERR_ACCESS;
  entry *e = fault_find(disk, path, 0);
  *answer = e && e->now && (flags != SQLITE_ACCESS_EXISTS || e->now->now.size > 0);
  return SQLITE_OK;
}

static void register_vfs(void) {
  system_vfs = sqlite3_vfs_find(0);
  vfs = *system_vfs;
  vfs.zName = "fault";
  vfs.pNext = 0;
  if (vfs.szOsFile < (int)sizeof(handle)) vfs.szOsFile = sizeof(handle);
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  sqlite3_vfs_register(&vfs, 1);
}

void fault_install(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, register_vfs);
}
