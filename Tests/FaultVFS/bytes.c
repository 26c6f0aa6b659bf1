// The bytes of a file, as they are read and as a power cut may leave them.
#include "internal.h"

#include <stdlib.h>
#include <string.h>

int fault_blob_resize(blob *b, int64_t size) {
  if (size > b->size) {
    unsigned char *bytes = realloc(b->bytes, (size_t)size);
    if (!bytes) return SQLITE_NOMEM;
    memset(bytes + b->size, 0, (size_t)(size - b->size));
    b->bytes = bytes;
  }
  b->size = size;
  return SQLITE_OK;
}

int fault_blob_put(blob *b, int64_t offset, const unsigned char *bytes, int64_t size) {
  if (offset + size > b->size && fault_blob_resize(b, offset + size)) return SQLITE_NOMEM;
  memcpy(b->bytes + offset, bytes, (size_t)size);
  return SQLITE_OK;
}

int fault_blob_copy(blob *to, const blob *from) {
  to->size = 0;
  if (fault_blob_resize(to, from->size)) return SQLITE_NOMEM;
  if (from->size) memcpy(to->bytes, from->bytes, (size_t)from->size);
  return SQLITE_OK;
}

void fault_inode_forget_changes(inode *i) {
  while (i->first) {
    change *c = i->first;
    i->first = c->next;
    free(c->bytes);
    free(c);
  }
  i->last = 0;
}

int fault_inode_note(inode *i, int64_t offset, const void *bytes, int64_t size) {
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

void fault_inode_release(inode *i) {
  if (!i || --i->references > 0) return;
  fault_inode_forget_changes(i);
  free(i->now.bytes);
  free(i->synced.bytes);
  free(i);
}

void fault_inode_point(inode **slot, inode *to) {
  if (to) to->references++;
  fault_inode_release(*slot);
  *slot = to;
}
