"""Writes Sources/CSchema/schema.sql: what all migrations together make of an empty file.  With --check it only says whether that file is up to date.

A new file is made by this one script: migration by migration SQLite would read the whole schema again for a column that is added, and
make views that a later migration drops.
"""

import pathlib
import sqlite3
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
SNAPSHOT = TOP / "Sources/CSchema/schema.sql"
HEADER = """\
-- The schema as all migrations leave it, for new files; written by Scripts/schema.py (`make docs`).  Never edit it: add a migration.

"""


def snapshot():
    connection = sqlite3.connect(":memory:")
    for migration in sorted((TOP / "migrations").glob("*.sql")):
        connection.executescript(migration.read_text(encoding="utf-8"))
    for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        if connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() != (0,):
            sys.exit(f"Error: a migration puts rows into '{table}': a new file, which is made by the schema alone, would lack them.")
    # What SQLite makes by itself has no SQL, or a name of its own.
    statements = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid")
    return HEADER + "".join(f"{sql};\n\n" for (sql,) in statements).rstrip("\n") + "\n"


def main():
    expected = snapshot()
    if "--check" not in sys.argv[1:]:
        SNAPSHOT.write_text(expected, encoding="utf-8")
    elif not SNAPSHOT.exists() or SNAPSHOT.read_text(encoding="utf-8") != expected:
        sys.exit("Error: Sources/CSchema/schema.sql isn't what the migrations make.\n  hint: python3 Scripts/schema.py")


if __name__ == "__main__":
    main()
