// Disks: which there are, what stands on them, and when they fail.
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static fault_disk *disks[MAX_DISKS];
static pthread_mutex_t disks_lock = PTHREAD_MUTEX_INITIALIZER;

fault_disk *fault_disk_at(const char *path) {
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

entry *fault_find(fault_disk *disk, const char *path, int making) {
  for (int e = 0; e < disk->count; e++)
    if (!strcmp(disk->entries[e].name, path)) return &disk->entries[e];
  if (!making || disk->count == MAX_FILES || strlen(path) >= MAX_NAME) return 0;
  entry *new = &disk->entries[disk->count++];
  memset(new, 0, sizeof *new);
  strcpy(new->name, path);
  return new;
}

void fault_sync_folder(fault_disk *disk) {
  for (int e = 0; e < disk->count; e++) fault_inode_point(&disk->entries[e].synced, disk->entries[e].now);
}

// Whether this operation is one that fails; `error` is what it then gives.
int fault_strikes(fault_disk *disk, int *error, int grows) {
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

// What tests call.

fault_disk *fault_disk_create(const char *folder) {
  fault_install();
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

void fault_clear(fault_disk *disk) {
  for (int e = 0; e < disk->count; e++) {
    fault_inode_point(&disk->entries[e].now, 0);
    fault_inode_point(&disk->entries[e].synced, 0);
  }
  disk->count = 0;
}

void fault_disk_free(fault_disk *disk) {
  pthread_mutex_lock(&disks_lock);
  for (int d = 0; d < MAX_DISKS; d++)
    if (disks[d] == disk) disks[d] = 0;
  pthread_mutex_unlock(&disks_lock);
  fault_clear(disk);
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
