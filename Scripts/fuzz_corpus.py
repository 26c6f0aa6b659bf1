"""Lays the reference files out as a libFuzzer corpus: fuzz_corpus.py zip|pickle|legacy|safetensors|shards FOLDER"""

import pathlib
import sys
import zipfile

target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
fixtures = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
for path in sorted(fixtures.glob("state_dicts/*")) + sorted(fixtures.glob("torch_files/*")):
    data = path.read_bytes()
    is_zip = data.startswith(b"PK")
    if target == "safetensors" and path.suffix == ".safetensors" or target == "zip" and is_zip and len(data) < 8192:
        (folder / path.name).write_bytes(data)
    elif target == "legacy" and path.suffix == ".pt" and not is_zip:
        (folder / path.name).write_bytes(data)
    elif target == "pickle" and path.suffix == ".pt" and is_zip:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith("/data.pkl"):
                    (folder / path.name).write_bytes(archive.read(name))
if target == "shards":
    beside = '{"total_size": -1.5e3, "x": [null, true, {"a": "}\\u00e9"}, [[]]]}'
    (folder / "index.json").write_text('{"metadata": %s, "weight_map": {"a": "one.safetensors", "b": "two.bin"}}' % beside)
