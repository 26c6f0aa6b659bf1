"""Lays the reference files out as a libFuzzer corpus: fuzz_corpus.py TARGET FOLDER, the targets as Scripts/fuzz.sh has them"""

import pathlib
import struct
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


LINES = {
    "csv": [
        "step,train_loss,note\n0,0.5,\"a, \"\"b\"\"\"\n1,nan,x\n2,-Infinity,\"two\nlines\"\n", "\ufeffepoch,time,loss\r\n1,1700000000.5,1e-3\r\n2,",
        "Step;x\n1;2\n"],
    "jsonl": [
        "{\"step\": 0, \"train\": {\"loss\": 0.5, \"acc\": [1, 2]}, \"time\": 1700000000000}\n\n{\"step\": 1, \"train\": {\"loss\": NaN}, \"x\": \"inf\"}\n",
        "{\"epoch\": 1.5, \"a\\u00e9\": null, \"b\": true}\n{\"epoch\": 2"],
    "json": ["{\"a\": [1, -0.5e+10, true, false, null, \"\\ud83d\\ude00\\n\\\"\", NaN, -Infinity], \"a\": {}, \"\": [[[]]]}", " [0.10 , 1e5]\t\n"],
    "yaml": [
        "name: 'it''s'\nnote: \"a\\u00e9\\x41\\\n  b\n\n  c\"\ntags:\n- a\n- 'b'\ninputs:\n  k: v\n  l: null\nlong: one\n  two\nempty: []\nnone: {}\nstart_time: 1\n",
        "1700000000000 0.5 3\n1700000000001 nan 4 name 5f2c\n"],
}
for number, text in enumerate(LINES.get(target, [])):
    (folder / f"lines-{number}").write_bytes(text.encode())
if target == "yaml":
    for number, path in enumerate(sorted(fixtures.glob("foreign/*/mlruns/**/meta.yaml"))):
        (folder / f"meta-{number}.yaml").write_bytes(path.read_bytes())
for number, path in enumerate(sorted(fixtures.glob("foreign/tensorboard/**/events.*"))):
    data = path.read_bytes()
    if target == "records" and len(data) <= 8192:
        (folder / f"file-{number}").write_bytes(data)
    elif target in ("records", "events"):
        # A record: its length, a checksum of that, the event, a checksum of that.  Of the same size and beginning a few will do.
        place, kinds = 0, set()
        while target == "events" and place + 16 <= len(data):
            size = struct.unpack_from("<Q", data, place)[0]
            event = data[place + 12:place + 12 + size]
            if size <= 8192 and (size, event[9:12]) not in kinds:
                (folder / f"event-{number}-{place}").write_bytes(event)
            kinds.add((size, event[9:12]))
            place += 16 + size
        if target == "records":
            (folder / f"file-{number}").write_bytes(data[:8192])
