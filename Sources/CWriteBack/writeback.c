#define _GNU_SOURCE
#include "writeback.h"

#include <csqlite.h>
#include <fcntl.h>
#include <sys/types.h>

// Invariants:
// 1. The write itself is SQLite's own call, and its result is what SQLite gets.
// 2. Nothing is waited for and nothing counts as stored by it: fdatasync comes as ever, and hears of every error, since advice
//    that fails leaves the error with the file (sync_file_range without its WAIT flags clears none).
// 3. SQLite may be called from many threads: each has its own run of writes.

typedef ssize_t (*write_call)(int, const void *, size_t, off_t);

// As SQLite has them: one of the two is what it calls.
static const char *const names[2] = {"pwrite", "pwrite64"};
static write_call originals[2];

// Less than this isn't worth a call.
static const off_t advised_bytes = 4 << 20;

static _Thread_local struct {
  int file;
  off_t start, end;
} run;

static void advise(int file, off_t offset, ssize_t count) {
  if (file != run.file || offset != run.end) {
    run.file = file;
    run.start = offset;
  }
  run.end = offset + count;
  if (run.end - run.start < advised_bytes) return;
  (void)sync_file_range(file, run.start, run.end - run.start, SYNC_FILE_RANGE_WRITE);
  run.start = run.end;
}

static ssize_t write_and_advise(write_call original, int file, const void *bytes, size_t count, off_t offset) {
  ssize_t written = original(file, bytes, count, offset);
  if (written > 0) advise(file, offset, written);
  return written;
}

static ssize_t write_first(int file, const void *bytes, size_t count, off_t offset) {
  return write_and_advise(originals[0], file, bytes, count, offset);
}

static ssize_t write_second(int file, const void *bytes, size_t count, off_t offset) {
  return write_and_advise(originals[1], file, bytes, count, offset);
}

void write_back_early(void) {
  static const write_call replacements[2] = {write_first, write_second};
  sqlite3_vfs *system = sqlite3_vfs_find("unix");
  if (!system || system->iVersion < 3) return;
  for (int which = 0; which < 2; which++) {
    originals[which] = (write_call)system->xGetSystemCall(system, names[which]);
    if (originals[which]) system->xSetSystemCall(system, names[which], (sqlite3_syscall_ptr)replacements[which]);
  }
}
