// What Swift cannot say to SQLite by itself: variadic functions, a constant that is a cast of -1, a busy handler (it needs a
// thread-local), and structs that begin with one of SQLite's.  Everything else is called as sqlite3.h has it.  And what no Swift
// module has: statfs().
#ifndef CSQLITE_H
#define CSQLITE_H

#include <sqlite3.h>
#include <stdint.h>

#if SQLITE_VERSION_NUMBER < 3040000
#error "SQLite 3.40 or newer is needed (libsqlite3-dev)"
#endif

/// Switches one of the boolean SQLITE_DBCONFIG_ options.
static inline int csqlite_config(sqlite3 *connection, int option, int on) {
  return sqlite3_db_config(connection, option, on, (int *)0);
}

/// Memory isn't counted; before SQLite's first use.
static inline int csqlite_turn_off_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// Keeps a virtual table out of views and triggers.
static inline int csqlite_direct_only(sqlite3 *connection) { return sqlite3_vtab_config(connection, SQLITE_VTAB_DIRECTONLY); }

/// A copy of a text that SQLite may free.
static inline char *csqlite_copy(const char *text) { return sqlite3_mprintf("%s", text); }

/// A virtual table and a cursor over it, with a pointer of ours each.
typedef struct csqlite_table {
  sqlite3_vtab base;
  void *context;
} csqlite_table;
typedef struct csqlite_cursor {
  sqlite3_vtab_cursor base;
  void *state;
} csqlite_cursor;

/// Whether an extension's host calls this very copy of SQLite: its table of functions, given at loading, has the same ones.
int csqlite_is_host(const struct sqlite3_api_routines *host);

/// The bound bytes are copied at once.
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }

/// From now on a locked file is waited for in random sleeps of 0.5 to 3 ms, for `milliseconds` in all.
int csqlite_wait_when_busy(sqlite3 *connection, int milliseconds);

/// The f_type of the file system that a path is on (linux/magic.h); -1 where it can't be asked.
int64_t csqlite_file_system(const char *path);

#endif
