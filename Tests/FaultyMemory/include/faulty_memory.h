// SQLite's allocator with failures on demand, in the manner of SQLite's own malloc tests (sqlite.org/testing.html, section 3.1).
#ifndef FAULTY_MEMORY_H
#define FAULTY_MEMORY_H

/// Puts itself between SQLite and its allocator, and switches off the caches that would hide allocations.  Must be the first call of SQLite
/// in the process; 0 when it worked.
int faulty_memory_install(void);

/// The `number`-th allocation from now fails, and with `forever` every one after it; 0: none fails.
void faulty_memory_fail_at(long number, int forever);

/// How many allocations there were since `faulty_memory_fail_at`.
long faulty_memory_count(void);

#endif
