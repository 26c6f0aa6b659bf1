"""Writes Tests/Fixtures/torch_files: what torch writes beside the plain cases of Tests/Fixtures/state_dicts.

Needs torch and numpy from PyPI.  `index.json` tells for each file what is in it (dtype, shape, SHA-256 of the
little-endian row-major bytes), or the words of the refusal.

    python3 Scripts/make_torch_fixtures.py Tests/Fixtures/torch_files
"""

import collections
import hashlib
import io
import json
import pathlib
import sys
import zipfile

import torch

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
index = {}
Dict = collections.OrderedDict


def entry(tensor):
    tensor = tensor.detach().resolve_conj().resolve_neg().contiguous()
    data = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
    return {"dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape), "sha256": hashlib.sha256(data).hexdigest()}


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def keep(name, data, tensors=None, refusal=None):
    (folder / name).write_bytes(data)
    index[name] = {"tensors": {k: entry(v) for k, v in tensors.items()}} if refusal is None else {"refusal": refusal}


def rezipped(data, change=lambda name, content: content, compression=zipfile.ZIP_STORED, folders=False, top=None, leaving_out=None):
    """The same archive written by Python's zipfile."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", compression) as new:
        if folders:
            new.writestr("archive/", b"")
            new.writestr("archive/data/", b"")
        for info in old.infolist():
            if leaving_out and info.filename.endswith("/" + leaving_out):
                continue
            name = info.filename if top is None else top + info.filename[info.filename.index("/"):]
            copy = zipfile.ZipInfo(name)
            copy.compress_type = compression
            with new.open(copy, "w", force_zip64=folders) as file:
                file.write(change(info.filename, old.read(info)))
    return buffer.getvalue()


torch.manual_seed(0)
types = [torch.bool, torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64, torch.int64,
         torch.float8_e4m3fn, torch.float8_e5m2, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128]
every = Dict((str(t).removeprefix("torch."), (torch.arange(6).reshape(3, 2) if not t.is_complex else torch.randn(3, 2, dtype=t)).to(t)) for t in types)
base = torch.randn(3, 4, dtype=torch.complex64)
lazy = Dict(conj=base.conj(), neg=base.clone().conj().imag, both=base.t().conj(), real=base.clone().real)
small = Dict(w=torch.randn(2, 3), b=torch.randn(2))
shared = torch.randn(24)
views = Dict(a=shared[:12].reshape(3, 4), b=shared[12:].reshape(3, 4).t(), c=shared[5], d=shared.reshape(2, 3, 4).permute(2, 0, 1), e=shared[::7], none=shared[3:3])

keep("every_dtype.pt", saved(every), every)
keep("lazy_views.pt", saved(lazy), lazy)
keep("views.pt", saved(views), views)
keep("expanded.pt", saved(Dict(x=torch.ones(1).expand(5, 7))), Dict(x=torch.ones(5, 7)))
for protocol in (3, 4, 5):
    keep(f"protocol_{protocol}.pt", saved(small, pickle_protocol=protocol), small)
    keep(f"legacy_protocol_{protocol}.pt", saved(small, pickle_protocol=protocol, _use_new_zipfile_serialization=False), small)
keep("legacy_views.pt", saved(views, _use_new_zipfile_serialization=False), views)
keep("legacy_every_dtype.pt", saved(every, _use_new_zipfile_serialization=False), every)
state = torch.nn.Parameter(torch.ones(2))
state.note = "kept with the parameter"
keep("parameter_with_state.pt", saved({"p": state}), {"p": state})
keep("checkpoint_extras.pt",
     saved({"model": small, "epoch": 7, "name": "층", "best": 0.5, "resumed": False, "nothing": None, "size": torch.Size([2]),
            "device": torch.device("cpu"), "dtype": torch.float32, "raw": b"abc", "set": {1, 2}, "list": [1, [2, (3,)]], "big": 2**40, "below": -5}), small)
keep("adam_checkpoint.pt", saved({"state_dict": small, "optimizer": {"state": {0: {"step": torch.tensor(3.0), "exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}}), small)
keep("ema_checkpoint.pt", saved({"ema": small, "average": small}), refusal="several state_dicts, choose one by its key: 'ema', 'average'")
keep("lone_tensor.pt", saved(torch.ones(2)), refusal="the file holds a tensor, not a state_dict")
keep("list_of_tensors.pt", saved([torch.ones(2)]), refusal="the file holds a list, not a state_dict")
keep("integer_keys.pt", saved({0: torch.ones(2)}), refusal="a tensor's name is not a text")
keep("numpy_scalar.pt", saved({"w": torch.ones(1), "loss": __import__("numpy").float64(1.0)}), {"w": torch.ones(1)})
keep("sparse.pt", saved({"w": torch.eye(2).to_sparse()}), refusal="a sparse tensor, which isn't stored")
quantized = {bits: torch.quantize_per_tensor(torch.arange(6.0), 0.1, 0, getattr(torch, bits)) for bits in ("qint8", "qint32")}
old = {"_use_new_zipfile_serialization": False}
keep("legacy_quantized.pt", saved({"w": torch.ones(2), "q": quantized["qint8"]}, **old), refusal="'q' is qint8, which isn't stored")
beside = {"last": torch.zeros(3), "q": quantized["qint32"], "state_dict": {"w": torch.ones(2)}}
keep("legacy_quantized_beside.pt", saved(beside, **old), {"w": torch.ones(2)})
scripted = io.BytesIO()
torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), scripted)
keep("torchscript.pt", scripted.getvalue(), refusal="a TorchScript archive (torch.jit.save)")

plain = saved(small)
keep("rezipped.pt", rezipped(plain, folders=True, top="archive"), small)
keep("other_top_folder.pt", rezipped(plain, top="층 2"), small)
keep("no_byteorder.pt", rezipped(plain, leaving_out="byteorder"), small)
keep("deflated.pt", rezipped(plain, compression=zipfile.ZIP_DEFLATED), refusal="is compressed (method 8), torch.save never compresses")


def swapped(tensors):
    """What a big-endian machine writes; torch swaps typed storages when it reads, and so must we."""
    order = iter(tensors.values())
    sizes = {str(i): (t.element_size() // 2 if t.is_complex() else t.element_size()) for i, t in enumerate(order)}

    def change(name, content):
        parts = name.split("/")
        if parts[-1] == "byteorder":
            return b"big"
        if parts[-2] == "data":
            size = sizes[parts[-1]]
            return b"".join(content[i:i + size][::-1] for i in range(0, len(content), size))
        return content

    return rezipped(saved(tensors), change)


keep("big_endian.pt", swapped(every), every)
(folder / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n")
