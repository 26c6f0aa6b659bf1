// A few threads that wait for work: made when there is first work for them, kept for the life of the process.
//
// Invariants:
//  1. Nobody waits for a thread that hasn't begun: the caller does all that no other takes, so a busy machine costs nothing but speed.
//  2. When pool_run returns, every task has run and no thread looks at the job any more.
//  3. One job at a time.  Who comes while another runs does its own tasks alone.
//  4. The threads take no signals, and hold no memory of a job.
#pragma once
#include <stdint.h>

#define POOL_MAXIMUM_THREADS 16

// Runs task(context, 0 ..< tasks), in any order, on the calling thread and up to threads - 1 others.
void pool_run(int threads, int64_t tasks, void (*task)(const void *context, int64_t index), const void *context);

// How many processors this process may use (sched_getaffinity), at most POOL_MAXIMUM_THREADS.
int pool_processors(void);

// How many threads have been made so far, the callers not counted.
int pool_threads_made(void);
