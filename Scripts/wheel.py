#!/usr/bin/env python3
"""wheel.py PROGRAM FOLDER: packs the built program and Python/registry.py into a wheel, whose path it prints.

The same program and module give the same bytes.  The program goes where a venv has its commands, so that `registry` is the program
itself and no script of Python's that starts it.
"""

import base64
import hashlib
import os
import pathlib
import platform
import re
import sys
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "model-registry-sqlite"


def version():
    text = (ROOT / "Sources/RegistryStore/ProgramVersion.swift").read_text(encoding="utf-8")
    return re.search(r'programVersion = "([^"]+)"', text).group(1)


def tag():
    """Of this machine: its processor, and its glibc as the oldest that the program is promised to run on."""
    library, _, number = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    if library != "glibc":
        sys.exit("Error: a wheel is for Linux with glibc.")
    return f"py3-none-manylinux_{number.replace('.', '_')}_{platform.machine()}"


def files(program):
    """The wheel's files as {name: (bytes, mode)}."""
    stem = f"{NAME.replace('-', '_')}-{version()}"
    metadata = [
        "Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {version()}",
        "Summary: A model registry in one SQLite file: the program and its Python module, registry.",
        "Requires-Python: >=3.9", "Description-Content-Type: text/markdown", "",
        (ROOT / "docs/python.md").read_text(encoding="utf-8")]
    wheel = ["Wheel-Version: 1.0", "Generator: Scripts/wheel.py", "Root-Is-Purelib: false", f"Tag: {tag()}", ""]
    contents = {
        "registry.py": ((ROOT / "Python/registry.py").read_bytes(), 0o644),
        f"{stem}.data/scripts/registry": (pathlib.Path(program).read_bytes(), 0o755),
        f"{stem}.dist-info/METADATA": ("\n".join(metadata).encode(), 0o644),
        f"{stem}.dist-info/WHEEL": ("\n".join(wheel).encode(), 0o644),
    }
    record = [f"{name},sha256={digest(data)},{len(data)}" for name, (data, _) in contents.items()]
    contents[f"{stem}.dist-info/RECORD"] = ("\n".join([*record, f"{stem}.dist-info/RECORD,,", ""]).encode(), 0o644)
    return f"{stem}-{tag()}.whl", contents


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main():
    program, folder = sys.argv[1:]
    name, contents = files(program)
    # 1980 is the first year of a zip file.
    moment = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", 0)), 315532800))[:6]
    path = pathlib.Path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry, (data, mode) in contents.items():
            info = zipfile.ZipInfo(entry, moment)
            info.create_system, info.compress_type, info.external_attr = 3, zipfile.ZIP_DEFLATED, (0o100000 | mode) << 16
            archive.writestr(info, data)
    new.replace(path)
    print(path)


if __name__ == "__main__":
    main()
