// Makes the kernel write out early what SQLite writes, for every database of the process: a program may choose that, a library may not.
// So it is a room of its own, which the program alone knows.
#ifndef WRITEBACK_H
#define WRITEBACK_H

/// From now on the kernel begins to write out what SQLite wrote in sequence, 4 MB at a time, while SQLite goes on: the sync at the end
/// of a large transaction finds little left to do (an import of 100 MB takes three quarters of the time).  It is advice alone, for every
/// database of the process.  To be called once, before anything is written.
void write_back_early(void);

#endif
