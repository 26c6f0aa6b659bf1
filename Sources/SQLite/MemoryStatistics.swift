import CSQLite

/// Has SQLite no longer count the memory that it takes, for which it locks a mutex at every allocation
/// (sqlite.org/compile.html#recommended_compile_time_options).  It holds for the whole process, whose heap limits then mean nothing; once
/// SQLite is in use it does nothing.
public func turnOffMemoryStatistics() { _ = csqlite_turn_off_memory_statistics() }
