#include "CSchema.h"

#include <stddef.h>

// C, for #embed: a Swift literal of these bytes, as SwiftPM's .embedInCode writes it, took the compiler 24 s.  Clang takes it from C23 into
// the standard that SwiftPM asks for.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char migration_1[] = {
#embed "../../migrations/0001_registry.sql"
    , 0};
static const unsigned char migration_2[] = {
#embed "../../migrations/0002_contents.sql"
    , 0};
static const unsigned char migration_3[] = {
#embed "../../migrations/0003_version_metrics.sql"
    , 0};
static const unsigned char migration_4[] = {
#embed "../../migrations/0004_epochs_that_ran.sql"
    , 0};
static const unsigned char migration_5[] = {
#embed "../../migrations/0005_any_run.sql"
    , 0};
static const unsigned char snapshot[] = {
#embed "schema.sql"
    , 0};

static const unsigned char *const migrations[] = {migration_1, migration_2, migration_3, migration_4, migration_5};

const char *schema_migration(int number) {
  const int count = sizeof migrations / sizeof *migrations;
  return number >= 1 && number <= count ? (const char *)migrations[number - 1] : NULL;
}

const char *schema_snapshot(void) { return (const char *)snapshot; }
