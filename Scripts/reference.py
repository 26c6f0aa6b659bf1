#!/usr/bin/env python3
"""Writes what describes the commands, from the program itself: README.md's command reference and the man page docs/registry.1.

    reference.py PROGRAM           writes both
    reference.py PROGRAM --check   changes nothing; tells which differ, exit 1
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- commands: make docs writes this -->\n", "<!-- end of commands -->\n"
# What the sysexits codes mean here; README's table says the same at more length.
EXIT_STATUS = [
    (0, "Done."), (1, "Failed."), (64, "Wrong usage."), (65, "Bad data: damaged, foreign, or of the wrong shape."),
    (66, "No such file, model, version or run."), (73, "The file to be written exists already, or can't be one."),
    (74, "The system refused to read or write."), (75, "Locked by another process for too long."),
    (130, "Interrupted (SIGINT)."), (143, "Terminated (SIGTERM)."),
]


def output(program, *arguments):
    """What the program prints, wrapped for 80 columns, whoever runs this."""
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True, env=environment).stdout


def leaves(command, path=()):
    """The commands that do something, as (words, description), without `help`."""
    path = (*path, command["commandName"])
    children = [child for child in command.get("subcommands", []) if child["commandName"] != "help"]
    if not children:
        yield path, command
    for child in children:
        yield from leaves(child, path)


def readme_section(program, commands):
    parts = [BEGIN]
    for path, command in commands:
        text = output(program, *path[1:], "--help").rstrip("\n")
        parts.append(f"<details><summary><code>{' '.join(path)}</code> {command['abstract']}</summary>\n\n```text\n{text}\n```\n\n</details>\n")
    return "".join([*parts, END])


def escaped(text):
    """Text for roff: a backslash stands for itself, and no line begins with a control character."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in lines)


def argument_lines(arguments):
    for argument in arguments:
        if not argument.get("shouldDisplay", True):
            continue
        if argument["kind"] == "positional":
            yield f".It Ar {argument['valueName']}"
        else:
            names = ["-" * (2 if name["kind"] == "long" else 1) + name["name"] for name in argument["names"]]
            value = f" Ar {argument['valueName']}" if argument["kind"] == "option" else ""
            yield f".It {' , '.join('Cm ' + escaped(name) for name in names)}{value}"
        default = argument.get("defaultValue")
        default = f" (default: {default})" if default else ""
        yield escaped((argument.get("abstract", "") + default).strip()) or "\\&"


def man_page(overview, commands):
    lines = [
        ".Dd November 23, 2026", ".Dt REGISTRY 1", ".Os", ".Sh NAME", ".Nm registry", f".Nd {overview['abstract'].rstrip('.')}",
        ".Sh SYNOPSIS", ".Nm registry", ".Ar command", ".Op Ar argument ...", ".Sh DESCRIPTION",
        escaped(overview.get("discussion", "").split("\n\n")[0]), ".Pp",
        "A version is named 3, name/3, name@alias or latest; the commands are:",
    ]
    for path, command in commands:
        lines += [f".Ss {' '.join(path)}", escaped(command["abstract"])]
        arguments = list(argument_lines(command.get("arguments", [])))
        if arguments:
            lines += [".Bl -tag -width indent", *arguments, ".El"]
        examples = [line for line in command.get("discussion", "").split("\n") if line.strip()]
        if examples:
            lines += [".Bd -literal -offset indent", *(escaped(line) for line in examples), ".Ed"]
    lines += [
        ".Sh ENVIRONMENT", ".Bl -tag -width indent", ".It Ev REGISTRY_DB", "The registry's file where no \\-\\-db is given.",
        ".It Ev NO_COLOR", "Where it is set, nothing is printed in colour.", ".El", ".Sh FILES", ".Bl -tag -width indent",
        ".It Pa registry.db", "The registry's file where neither names another.", ".El", ".Sh EXIT STATUS", ".Bl -tag -width indent",
    ]
    for code, meaning in EXIT_STATUS:
        lines += [f".It {code}", meaning]
    return "\n".join([*lines, ".El", ""])


def main():
    program = sys.argv[1]
    overview = json.loads(output(program, "--experimental-dump-help"))["command"]
    commands = list(leaves(overview))
    readme = ROOT / "README.md"
    page = readme.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    tail = rest.split(END)[1]
    written = {readme: head + readme_section(program, commands) + tail, ROOT / "docs/registry.1": man_page(overview, commands)}
    stale = [path for path, text in written.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if "--check" in sys.argv[2:]:
            print(f"{path.relative_to(ROOT)} is not what the program's help says: run make docs", file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(written[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv[2:] else 0


if __name__ == "__main__":
    sys.exit(main())
