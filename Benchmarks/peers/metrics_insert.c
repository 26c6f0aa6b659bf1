// The peer of the case "metrics": a loop over a prepared INSERT into the same table of the same schema, with the same keys, triggers
// and synchronous setting, in one transaction.  metrics_insert REGISTRY COPY REPETITIONS: the first is a registry with a run that
// is still running; each repetition fills a fresh copy.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static sqlite3 *db;

static void check(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  fprintf(stderr, "%s\n", sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_int64 number(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
  check(sqlite3_step(statement));
  const sqlite3_int64 result = sqlite3_column_int64(statement, 0);
  check(sqlite3_finalize(statement));
  return result;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static double insert(const char *path) {
  check(sqlite3_open(path, &db));
  check(sqlite3_exec(db, "PRAGMA foreign_keys=ON; PRAGMA synchronous=EXTRA; PRAGMA journal_mode=DELETE", NULL, NULL, NULL));
  const sqlite3_int64 run = number("SELECT max(id) FROM runs");
  const double start = now();
  check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v2(db, "INSERT INTO metrics (run_id, key, step, value, time) VALUES (?, ?, ?, ?, ?)", -1, &statement, NULL));
  for (int step = 0; step < 500000; step++)
    for (int key = 0; key < 2; key++) {
      sqlite3_bind_int64(statement, 1, run);
      sqlite3_bind_text(statement, 2, key ? "test_loss" : "train_loss", -1, SQLITE_STATIC);
      sqlite3_bind_int64(statement, 3, step);
      sqlite3_bind_double(statement, 4, 1.0 / (step + 1 + key));
      struct timespec time;
      clock_gettime(CLOCK_REALTIME, &time);
      sqlite3_bind_int64(statement, 5, time.tv_sec * 1000LL + time.tv_nsec / 1000000);
      check(sqlite3_step(statement));
      check(sqlite3_reset(statement));
    }
  check(sqlite3_finalize(statement));
  check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
  return now() - start;
}

int main(int count, char **arguments) {
  if (count != 4) return 64;
  const int repetitions = atoi(arguments[3]);
  double rows = 0;
  printf("{\"seconds\": [");
  for (int repetition = 0; repetition <= repetitions; repetition++) {
    char copy[4096];
    snprintf(copy, sizeof copy, "cp '%s' '%s'", arguments[1], arguments[2]);
    if (system(copy) != 0) return 74;
    const double seconds = insert(arguments[2]);
    rows = number("SELECT count(*) FROM metrics WHERE run_id = (SELECT max(id) FROM runs)");
    sqlite3_close(db);
    if (repetition > 0) printf("%s%.6f", repetition > 1 ? ", " : "", seconds);
  }
  printf("], \"check\": %.0f}\n", rows);
  return 0;
}
