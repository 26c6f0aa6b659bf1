#include "csqlite.h"

// In a file of its own: sqlite3ext.h turns every name of SQLite's into a member of the host's table.
#include <sqlite3ext.h>
#undef sqlite3_libversion

int csqlite_is_host(const struct sqlite3_api_routines *host) { return host->libversion == sqlite3_libversion; }
