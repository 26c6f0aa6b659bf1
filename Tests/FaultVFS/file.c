// An open file, as SQLite sees it (sqlite.org/c3ref/io_methods.html).
#include "internal.h"

#include <string.h>

/// After a power cut a handle stays dead, though the disk lives again.
static int is_dead(const handle *h) { return h->disk->dead || h->generation != h->disk->generation; }

static int file_close(sqlite3_file *file) {
  handle *h = (handle *)file;
  if (!is_dead(h)) file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
  fault_inode_release(h->inode);
  h->inode = 0;
  return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *to, int size, sqlite3_int64 offset) {
  handle *h = (handle *)file;
  if (is_dead(h)) return SQLITE_IOERR_READ;
  int64_t there = h->inode->now.size - offset;
  if (there >= size) {
    memcpy(to, h->inode->now.bytes + offset, (size_t)size);
    return SQLITE_OK;
  }
  if (there < 0) there = 0;
  if (there) memcpy(to, h->inode->now.bytes + offset, (size_t)there);
  memset((char *)to + there, 0, (size_t)(size - there));
  return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset) {
  handle *h = (handle *)file;
  int error = SQLITE_IOERR_WRITE;
  if (is_dead(h) || fault_strikes(h->disk, &error, offset + size > h->inode->now.size)) return error;
  if (fault_inode_note(h->inode, offset, from, size)) return SQLITE_NOMEM;
  return fault_blob_put(&h->inode->now, offset, from, size);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  handle *h = (handle *)file;
  int error = SQLITE_IOERR_TRUNCATE;
  if (is_dead(h) || fault_strikes(h->disk, &error, 0)) return error;
  if (fault_inode_note(h->inode, size, 0, 0)) return SQLITE_NOMEM;
  return fault_blob_resize(&h->inode->now, size);
}

static int file_sync(sqlite3_file *file, int flags) {
  (void)flags;
  handle *h = (handle *)file;
  int error = SQLITE_IOERR_FSYNC;
  if (is_dead(h) || fault_strikes(h->disk, &error, 0)) return error;
  if (fault_blob_copy(&h->inode->synced, &h->inode->now)) return SQLITE_NOMEM;
  fault_inode_forget_changes(h->inode);
  if (h->syncs_folder) {
    fault_sync_folder(h->disk);
    h->syncs_folder = 0;
  }
  return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
  handle *h = (handle *)file;
  if (is_dead(h)) return SQLITE_IOERR_FSTAT;
  *size = h->inode->now.size;
  return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level) {
  handle *h = (handle *)file;
  inode *i = h->inode;
  if (is_dead(h)) return SQLITE_IOERR_LOCK;
  if (level <= h->level) return SQLITE_OK;
  if (h->level == SQLITE_LOCK_NONE) {
    if (i->pending || i->exclusive) return SQLITE_BUSY;
    i->shared++;
    h->level = SQLITE_LOCK_SHARED;
  }
  if (level >= SQLITE_LOCK_RESERVED) {
    if (i->reserved && i->reserved != h) return SQLITE_BUSY;
    // A hot journal is rolled back under an exclusive lock that never was a reserved one.
    if (level == SQLITE_LOCK_RESERVED) {
      i->reserved = h;
      h->level = SQLITE_LOCK_RESERVED;
    }
  }
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    if (i->pending && i->pending != h) return SQLITE_BUSY;
    i->pending = h;
    if (i->shared > 1) return SQLITE_BUSY;
    i->exclusive = h;
    h->level = SQLITE_LOCK_EXCLUSIVE;
  }
  return SQLITE_OK;
}

static int file_unlock(sqlite3_file *file, int level) {
  handle *h = (handle *)file;
  inode *i = h->inode;
  if (is_dead(h)) return SQLITE_OK;
  if (i->reserved == h) i->reserved = 0;
  if (i->pending == h) i->pending = 0;
  if (i->exclusive == h) i->exclusive = 0;
  if (level == SQLITE_LOCK_NONE && h->level > SQLITE_LOCK_NONE) i->shared--;
  if (level < h->level) h->level = level;
  return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *file, int *is_reserved) {
  handle *h = (handle *)file;
  if (is_dead(h)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  *is_reserved = h->inode->reserved || h->inode->exclusive;
  return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
  (void)file, (void)operation, (void)argument;
  return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file) {
  (void)file;
  return SECTOR;
}

static int file_characteristics(sqlite3_file *file) {
  (void)file;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

const sqlite3_io_methods fault_file_methods = {
  .iVersion = 1,
  .xClose = file_close,
  .xRead = file_read,
  .xWrite = file_write,
  .xTruncate = file_truncate,
  .xSync = file_sync,
  .xFileSize = file_size,
  .xLock = file_lock,
  .xUnlock = file_unlock,
  .xCheckReservedLock = file_check_reserved,
  .xFileControl = file_control,
  .xSectorSize = file_sector,
  .xDeviceCharacteristics = file_characteristics,
};
