// What Swift cannot say to SQLite by itself: a variadic function, a constant that is a cast of -1, and a busy
// handler (it needs a thread-local).  Everything else is called as sqlite3.h has it.  And what no Swift module has: statfs().
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

/// The bound bytes are copied at once.
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }

/// From now on a locked file is waited for in random sleeps of 0.5 to 3 ms, for `milliseconds` in all.
int csqlite_wait_when_busy(sqlite3 *connection, int milliseconds);

/// The f_type of the file system that a path is on (linux/magic.h); -1 where it can't be asked.
int64_t csqlite_file_system(const char *path);

#endif
