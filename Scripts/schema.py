"""Writes Sources/CSchema/schema.sql: what all migrations together make of an empty file.  With --check it only says whether that file is up to date.

A new file is made by this one script: migration by migration SQLite would read the whole schema again for a column that is added, and
make views that a later migration drops.  Triggers and views have no page of their own, only a row in sqlite_schema: these are put there as
rows, which takes half the time of the statements (SQLite looks through the whole table again for each), and are read once at the end.
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
    # What SQLite makes by itself has no SQL, or a name of its own.
    objects = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid").fetchall()
    pages = [f"{sql};\n\n" for kind, _, _, sql in objects if kind in ("table", "index")]
    quoted = [", ".join("'" + text.replace("'", "''") + "'" for text in object) for object in objects if object[0] in ("trigger", "view")]
    pageless = "PRAGMA writable_schema=ON;\n\nINSERT INTO sqlite_schema (type, name, tbl_name, sql, rootpage) VALUES\n"
    pageless += ",\n".join(f"({values}, 0)" for values in quoted) + ";\n\nPRAGMA writable_schema=RESET;\n\n"
    return HEADER + "".join(pages + [pageless] + rows(connection)).rstrip("\n") + "\n"


def rows(connection):
    """INSERT statements for what the migrations put into tables; a column whose default is the time is left to its default."""
    result = []
    for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"):
        columns = [name for _, name, _, _, default, _ in connection.execute(f'PRAGMA table_info("{table}")') if "now" not in (default or "")]
        quoted = " || ', ' || ".join(f'quote("{name}")' for name in columns)
        for (values,) in connection.execute(f'SELECT {quoted} FROM "{table}"').fetchall():
            result.append(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values});\n")
    return result


def main():
    expected = snapshot()
    if "--check" not in sys.argv[1:]:
        SNAPSHOT.write_text(expected, encoding="utf-8")
    elif not SNAPSHOT.exists() or SNAPSHOT.read_text(encoding="utf-8") != expected:
        sys.exit("Error: Sources/CSchema/schema.sql isn't what the migrations make.\n  hint: python3 Scripts/schema.py")


if __name__ == "__main__":
    main()
