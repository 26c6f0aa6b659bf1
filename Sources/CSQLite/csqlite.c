#include "csqlite.h"

#include <stdint.h>
#include <sys/vfs.h>
#include <time.h>

// SQLite's own back-off sleeps ever longer (up to 100 ms), so whoever has waited longest asks least often and starves.
// Equal random sleeps give every waiter the same chance.
//
// Invariants:
// 1. The handler owns no memory: its argument is the limit itself, so it may be called as long as the connection lives,
//    by statements that outlive their owner too.
// 2. A wait never leaves its thread, and never begins inside another: one start time per thread is enough.

static _Thread_local struct timespec waiting_since;

static int wait_a_moment(void *limit, int earlier_calls) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (earlier_calls == 0) waiting_since = now;
  int64_t nanoseconds = (int64_t)(now.tv_sec - waiting_since.tv_sec) * 1000000000 + (now.tv_nsec - waiting_since.tv_nsec);
  if (nanoseconds >= (intptr_t)limit * INT64_C(1000000)) return 0;

  uint32_t dice;
  sqlite3_randomness(sizeof dice, &dice);
  struct timespec pause = {0, 500000 + dice % 2500000};
  nanosleep(&pause, 0);
  return 1;
}

int csqlite_wait_when_busy(sqlite3 *connection, int milliseconds) {
  return sqlite3_busy_handler(connection, wait_a_moment, (void *)(intptr_t)milliseconds);
}

int64_t csqlite_file_system(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (int64_t)(uint32_t)status.f_type : -1;
}
