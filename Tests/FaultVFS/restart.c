// What a power cut leaves, and disks kept to go back to.
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static uint64_t dice(uint64_t *state) { // splitmix64
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

// The file as the power cut leaves it.
static void fault_inode_settle(inode *i, fault_reboot how, uint64_t *state) {
  blob *disk = &i->synced;
  for (change *c = i->first; c; c = c->next) {
    if (how == FAULT_LOSE) break;
    if (!c->bytes) {
      if (how == FAULT_KEEP || dice(state) & 1) fault_blob_resize(disk, c->offset);
      continue;
    }
    // A piece never crosses the border of a sector.
    for (int64_t done = 0; done < c->size;) {
      int64_t room = SECTOR - (c->offset + done) % SECTOR;
      int64_t piece = c->size - done < room ? c->size - done : room;
      if (how == FAULT_KEEP || dice(state) & 1) fault_blob_put(disk, c->offset + done, c->bytes + done, piece);
      done += piece;
    }
  }
  fault_inode_forget_changes(i);
  fault_blob_copy(&i->now, disk);
  i->shared = 0;
  i->reserved = i->pending = i->exclusive = 0;
}

void fault_disk_restart(fault_disk *disk, fault_reboot how, uint64_t seed) {
  for (int e = 0; e < disk->count; e++) {
    entry *entry = &disk->entries[e];
    if (entry->now != entry->synced) {
      int keeps = how == FAULT_KEEP || (how == FAULT_MIX && dice(&seed) & 1);
      if (keeps) fault_inode_point(&entry->synced, entry->now);
      else fault_inode_point(&entry->now, entry->synced);
    }
    if (entry->now) fault_inode_settle(entry->now, how, &seed);
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
  fault_clear(to);
  for (int e = 0; e < from->count; e++) {
    if (!from->entries[e].now) continue;
    inode *new = calloc(1, sizeof *new);
    if (!new) return SQLITE_NOMEM;
    entry *entry = fault_find(to, from->entries[e].name, 1);
    fault_inode_point(&entry->now, new);
    fault_inode_point(&entry->synced, new);
    if (fault_blob_copy(&new->now, &from->entries[e].now->now) || fault_blob_copy(&new->synced, &new->now)) return SQLITE_NOMEM;
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
