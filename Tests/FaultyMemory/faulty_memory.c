#include "faulty_memory.h"

#include <sqlite3.h>

static sqlite3_mem_methods real;
static long count, fails_at;
static int fails_forever;

static int fails(void) {
  count++;
  return fails_at > 0 && (fails_forever ? count >= fails_at : count == fails_at);
}

static void *faulty_malloc(int size) { return fails() ? 0 : real.xMalloc(size); }
static void *faulty_realloc(void *block, int size) { return fails() ? 0 : real.xRealloc(block, size); }

int faulty_memory_install(void) {
  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK) return 1;
  sqlite3_mem_methods faulty = real;
  faulty.xMalloc = faulty_malloc;
  faulty.xRealloc = faulty_realloc;
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty) != SQLITE_OK) return 2;
  return sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK ? 0 : 3;
}

void faulty_memory_fail_at(long number, int forever) {
  count = 0;
  fails_at = number;
  fails_forever = forever;
}

long faulty_memory_count(void) { return count; }
