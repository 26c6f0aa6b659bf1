#ifndef CSCHEMA_H
#define CSCHEMA_H

// The files of migrations/ and schema.sql, as they stood when the program was built.

// The SQL of a migration, from 1; NULL beyond the newest.
const char *schema_migration(int number);

// The SQL that makes a new file.
const char *schema_snapshot(void);

#endif
