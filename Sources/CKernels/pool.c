#define _GNU_SOURCE
#include "pool.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

// The job.  Written while the door is shut and nobody is inside.
static void (*job_task)(const void *, int64_t);
static const void *job_context;
static int64_t job_tasks;
static int job_helpers;
static _Atomic int64_t next_task;

// How many threads are inside the job; below zero while it is shut.
#define SHUT (-(1 << 20))
static _Atomic int door = SHUT;
static _Atomic uint64_t jobs;  // how many there have been: a new number wakes the waiting

static pthread_mutex_t job_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static _Atomic int sleepers;
static _Atomic int made;

// Work follows on work within microseconds in a training: a thread looks so often before it sleeps (about 50 µs).
#define LOOKS 1500

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

static void take_tasks(void) {
  const int64_t tasks = job_tasks;
  for (;;) {
    const int64_t index = atomic_fetch_add_explicit(&next_task, 1, memory_order_relaxed);
    if (index >= tasks) return;
    job_task(job_context, index);
  }
}

static void await_job(uint64_t seen) {
  for (int look = 0; look < LOOKS; look++) {
    if (atomic_load_explicit(&jobs, memory_order_acquire) != seen) return;
    pause_briefly();
  }
  pthread_mutex_lock(&sleep_lock);
  atomic_fetch_add(&sleepers, 1);
  while (atomic_load(&jobs) == seen) pthread_cond_wait(&wake, &sleep_lock);
  atomic_fetch_sub(&sleepers, 1);
  pthread_mutex_unlock(&sleep_lock);
}

static void *help(void *number) {
  uint64_t seen = 0;
  for (;;) {
    await_job(seen);
    seen = atomic_load(&jobs);
    if (atomic_fetch_add(&door, 1) >= 0 && (intptr_t)number < job_helpers) take_tasks();
    atomic_fetch_sub(&door, 1);
  }
  return NULL;
}

// At least `count` helpers, or as many as the system gives.
static void make_helpers(int count) {
  while (atomic_load(&made) < count) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    const int failed = pthread_create(&thread, NULL, help, (void *)(intptr_t)atomic_load(&made));
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) return;
    pthread_detach(thread);
    atomic_fetch_add(&made, 1);
  }
}

void pool_run(int threads, int64_t tasks, void (*task)(const void *, int64_t), const void *context) {
  if (threads > tasks) threads = (int)tasks;
  if (threads > POOL_MAXIMUM_THREADS) threads = POOL_MAXIMUM_THREADS;
  if (threads < 2 || pthread_mutex_trylock(&job_lock) != 0) {
    for (int64_t index = 0; index < tasks; index++) task(context, index);
    return;
  }
  make_helpers(threads - 1);
  job_task = task;
  job_context = context;
  job_tasks = tasks;
  job_helpers = threads - 1;
  atomic_store(&next_task, 0);
  atomic_fetch_add(&door, -SHUT);
  atomic_fetch_add(&jobs, 1);
  if (atomic_load(&sleepers) > 0) {
    pthread_mutex_lock(&sleep_lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&sleep_lock);
  }
  take_tasks();
  // From here on nobody gets in; whoever is inside is at its last task.
  atomic_fetch_add(&door, SHUT);
  for (int look = 1; atomic_load(&door) != SHUT; look++) {
    if (look % LOOKS == 0) sched_yield(); else pause_briefly();
  }
  pthread_mutex_unlock(&job_lock);
}

int pool_processors(void) {
  cpu_set_t set;
  const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return count < 1 ? 1 : count > POOL_MAXIMUM_THREADS ? POOL_MAXIMUM_THREADS : count;
}

int pool_threads_made(void) { return atomic_load(&made); }
