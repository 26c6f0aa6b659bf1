#include "faultvfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

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

static fault_disk *disks[MAX_DISKS];
static pthread_mutex_t disks_lock = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_vfs vfs;
static sqlite3_vfs *system_vfs;

// Bytes and inodes.

static int resize(blob *b, int64_t size) {
  if (size > b->size) {
    unsigned char *bytes = realloc(b->bytes, (size_t)size);
    if (!bytes) return SQLITE_NOMEM;
    memset(bytes + b->size, 0, (size_t)(size - b->size));
    b->bytes = bytes;
  }
  b->size = size;
  return SQLITE_OK;
}

static int put(blob *b, int64_t offset, const unsigned char *bytes, int64_t size) {
  if (offset + size > b->size && resize(b, offset + size)) return SQLITE_NOMEM;
  memcpy(b->bytes + offset, bytes, (size_t)size);
  return SQLITE_OK;
}

static int copy(blob *to, const blob *from) {
  to->size = 0;
  if (resize(to, from->size)) return SQLITE_NOMEM;
  if (from->size) memcpy(to->bytes, from->bytes, (size_t)from->size);
  return SQLITE_OK;
}

static void forget_changes(inode *i) {
  while (i->first) {
    change *c = i->first;
    i->first = c->next;
    free(c->bytes);
    free(c);
  }
  i->last = 0;
}

static int note(inode *i, int64_t offset, const void *bytes, int64_t size) {
  change *c = calloc(1, sizeof *c);
  if (!c) return SQLITE_NOMEM;
  c->offset = offset;
  c->size = size;
  if (bytes) {
    c->bytes = malloc(size ? (size_t)size : 1);
    if (!c->bytes) {
      free(c);
      return SQLITE_NOMEM;
    }
    memcpy(c->bytes, bytes, (size_t)size);
  }
  if (i->last) i->last->next = c;
  else i->first = c;
  i->last = c;
  return SQLITE_OK;
}

static void release(inode *i) {
  if (!i || --i->references > 0) return;
  forget_changes(i);
  free(i->now.bytes);
  free(i->synced.bytes);
  free(i);
}

static void point(inode **slot, inode *to) {
  if (to) to->references++;
  release(*slot);
  *slot = to;
}

// Disks and their entries.

static fault_disk *disk_of(const char *path) {
  fault_disk *found = 0;
  if (!path) return 0;
  pthread_mutex_lock(&disks_lock);
  for (int d = 0; d < MAX_DISKS && !found; d++) {
    if (!disks[d]) continue;
    size_t length = strlen(disks[d]->folder);
    if (!strncmp(path, disks[d]->folder, length) && path[length] == '/') found = disks[d];
  }
  pthread_mutex_unlock(&disks_lock);
  return found;
}

static entry *find(fault_disk *disk, const char *path, int making) {
  for (int e = 0; e < disk->count; e++)
    if (!strcmp(disk->entries[e].name, path)) return &disk->entries[e];
  if (!making || disk->count == MAX_FILES || strlen(path) >= MAX_NAME) return 0;
  entry *new = &disk->entries[disk->count++];
  memset(new, 0, sizeof *new);
  strcpy(new->name, path);
  return new;
}

static void sync_folder(fault_disk *disk) {
  for (int e = 0; e < disk->count; e++) point(&disk->entries[e].synced, disk->entries[e].now);
}

// Whether this operation is one that fails; `error` is what it then gives.
static int strikes(fault_disk *disk, int *error, int grows) {
  if (disk->dead) return 1;
  disk->operations++;
  if (disk->kind == FAULT_NONE || disk->operations < disk->strike_at) return 0;
  if (disk->kind == FAULT_FULL) {
    if (!grows) return 0;
    *error = SQLITE_FULL;
    disk->struck = 1;
    return 1;
  }
  if (disk->operations > disk->strike_at) return 0;
  disk->struck = 1;
  disk->dead = disk->kind == FAULT_CRASH;
  return 1;
}

static int is_dead(const handle *h) { return h->disk->dead || h->generation != h->disk->generation; }

// Files.

static int file_close(sqlite3_file *file) {
  handle *h = (handle *)file;
  if (!is_dead(h)) file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
  release(h->inode);
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
  if (is_dead(h) || strikes(h->disk, &error, offset + size > h->inode->now.size)) return error;
  if (note(h->inode, offset, from, size)) return SQLITE_NOMEM;
  return put(&h->inode->now, offset, from, size);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  handle *h = (handle *)file;
  int error = SQLITE_IOERR_TRUNCATE;
  if (is_dead(h) || strikes(h->disk, &error, 0)) return error;
  if (note(h->inode, size, 0, 0)) return SQLITE_NOMEM;
  return resize(&h->inode->now, size);
}

static int file_sync(sqlite3_file *file, int flags) {
  (void)flags;
  handle *h = (handle *)file;
  int error = SQLITE_IOERR_FSYNC;
  if (is_dead(h) || strikes(h->disk, &error, 0)) return error;
  if (copy(&h->inode->synced, &h->inode->now)) return SQLITE_NOMEM;
  forget_changes(h->inode);
  if (h->syncs_folder) {
    sync_folder(h->disk);
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

static const sqlite3_io_methods methods = {
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

// The VFS.

static int vfs_open(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags, int *out_flags) {
  (void)self;
  fault_disk *disk = disk_of(path);
  if (!disk) return system_vfs->xOpen(system_vfs, path, file, flags, out_flags);
  handle *h = (handle *)file;
  memset(h, 0, sizeof *h);
  if (disk->dead) return SQLITE_CANTOPEN;
  entry *e = find(disk, path, flags & SQLITE_OPEN_CREATE);
  if (!e || (!e->now && !(flags & SQLITE_OPEN_CREATE))) return SQLITE_CANTOPEN;
  if (!e->now) {
    int error = SQLITE_CANTOPEN;
    if (strikes(disk, &error, 0)) return error;
    inode *new = calloc(1, sizeof *new);
    if (!new) return SQLITE_NOMEM;
    point(&e->now, new);
    // As in the unix VFS: the first sync of a new journal syncs the folder too.
    h->syncs_folder = !!(flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL));
  }
  h->disk = disk;
  h->generation = disk->generation;
  point(&h->inode, e->now);
  h->base.pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *self, const char *path, int syncs_folder) {
  (void)self;
  fault_disk *disk = disk_of(path);
  if (!disk) return system_vfs->xDelete(system_vfs, path, syncs_folder);
  int error = SQLITE_IOERR_DELETE;
  if (strikes(disk, &error, 0)) return error;
  entry *e = find(disk, path, 0);
  if (!e || !e->now) return SQLITE_IOERR_DELETE_NOENT;
  point(&e->now, 0);
  if (syncs_folder) sync_folder(disk);
  return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *self, const char *path, int flags, int *answer) {
  (void)self;
  fault_disk *disk = disk_of(path);
  if (!disk) return system_vfs->xAccess(system_vfs, path, flags, answer);
  if (disk->dead) return SQLITE_IOERR_ACCESS;
  entry *e = find(disk, path, 0);
  *answer = e && e->now && (flags != SQLITE_ACCESS_EXISTS || e->now->now.size > 0);
  return SQLITE_OK;
}

static void install(void) {
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

// What tests call.

fault_disk *fault_disk_create(const char *folder) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  if (strlen(folder) >= MAX_NAME) return 0;
  fault_disk *disk = calloc(1, sizeof *disk);
  if (!disk) return 0;
  strcpy(disk->folder, folder);
  int slot = 0;
  pthread_mutex_lock(&disks_lock);
  while (slot < MAX_DISKS && disks[slot]) slot++;
  if (slot < MAX_DISKS) disks[slot] = disk;
  pthread_mutex_unlock(&disks_lock);
  if (slot < MAX_DISKS) return disk;
  free(disk);
  return 0;
}

static void clear(fault_disk *disk) {
  for (int e = 0; e < disk->count; e++) {
    point(&disk->entries[e].now, 0);
    point(&disk->entries[e].synced, 0);
  }
  disk->count = 0;
}

void fault_disk_free(fault_disk *disk) {
  pthread_mutex_lock(&disks_lock);
  for (int d = 0; d < MAX_DISKS; d++)
    if (disks[d] == disk) disks[d] = 0;
  pthread_mutex_unlock(&disks_lock);
  clear(disk);
  free(disk);
}

void fault_disk_arm(fault_disk *disk, fault_kind kind, int64_t operation) {
  disk->kind = kind;
  disk->strike_at = operation;
  disk->operations = 0;
  disk->struck = 0;
}

int64_t fault_disk_operations(const fault_disk *disk) { return disk->operations; }
int fault_disk_struck(const fault_disk *disk) { return disk->struck; }

static uint64_t dice(uint64_t *state) { // splitmix64
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

// The file as the power cut leaves it.
static void settle(inode *i, fault_reboot how, uint64_t *state) {
  blob *disk = &i->synced;
  for (change *c = i->first; c; c = c->next) {
    if (how == FAULT_LOSE) break;
    if (!c->bytes) {
      if (how == FAULT_KEEP || dice(state) & 1) resize(disk, c->offset);
      continue;
    }
    // A piece never crosses the border of a sector.
    for (int64_t done = 0; done < c->size;) {
      int64_t room = SECTOR - (c->offset + done) % SECTOR;
      int64_t piece = c->size - done < room ? c->size - done : room;
      if (how == FAULT_KEEP || dice(state) & 1) put(disk, c->offset + done, c->bytes + done, piece);
      done += piece;
    }
  }
  forget_changes(i);
  copy(&i->now, disk);
  i->shared = 0;
  i->reserved = i->pending = i->exclusive = 0;
}

void fault_disk_restart(fault_disk *disk, fault_reboot how, uint64_t seed) {
  for (int e = 0; e < disk->count; e++) {
    entry *entry = &disk->entries[e];
    if (entry->now != entry->synced) {
      int keeps = how == FAULT_KEEP || (how == FAULT_MIX && dice(&seed) & 1);
      if (keeps) point(&entry->synced, entry->now);
      else point(&entry->now, entry->synced);
    }
    if (entry->now) settle(entry->now, how, &seed);
  }
  disk->dead = 0;
  disk->generation++;
  fault_disk_arm(disk, FAULT_NONE, 0);
}

int fault_disk_files(const fault_disk *disk) {
  int count = 0;
  for (int e = 0; e < disk->count; e++) count += disk->entries[e].now != 0;
  return count;
}

static int copy_entries(fault_disk *to, const fault_disk *from) {
  clear(to);
  for (int e = 0; e < from->count; e++) {
    if (!from->entries[e].now) continue;
    inode *new = calloc(1, sizeof *new);
    if (!new) return SQLITE_NOMEM;
    entry *entry = find(to, from->entries[e].name, 1);
    point(&entry->now, new);
    point(&entry->synced, new);
    if (copy(&new->now, &from->entries[e].now->now) || copy(&new->synced, &new->now)) return SQLITE_NOMEM;
  }
  return SQLITE_OK;
}

fault_disk *fault_disk_snapshot(const fault_disk *disk) {
  fault_disk *snapshot = calloc(1, sizeof *snapshot);
  if (snapshot && copy_entries(snapshot, disk)) {
    fault_disk_free(snapshot);
    return 0;
  }
  return snapshot;
}

void fault_disk_restore(fault_disk *disk, const fault_disk *snapshot) {
  copy_entries(disk, snapshot);
  disk->dead = 0;
  disk->generation++;
  fault_disk_arm(disk, FAULT_NONE, 0);
}
