"""torch and safetensors against the registry: state_dicts there and back, bit for bit, and torch's nets predicting here."""

import collections
import ctypes

import safetensors.torch
import torch

from program import close, expect

DTYPES = [
    torch.bool, torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64, torch.int64,
    torch.float8_e4m3fn, torch.float8_e5m2, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
]
# The format before torch 1.6 has a storage class for each type, and none for these.
UNTYPED = {torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2}
PIECES = ["weight", "bias", ".", "층", " ", '"', "\\", "\n", "/", "é", "🙂", "layers.0.", "data"]


# Random state_dicts


def random_tensor(random, dtype, shape):
    """Any bits: NaNs with payloads, subnormals and infinities among them."""
    count = 1
    for size in shape:
        count *= size
    size = torch.empty(0, dtype=dtype).element_size()
    data = bytearray(random.randbytes(count * size))
    if dtype == torch.bool:
        data = bytearray(byte & 1 for byte in data)
    if not data:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(data, dtype=dtype).reshape(shape)


def random_view(random, tensor):
    """The tensor, or a view of it: transposed, a slice of a larger storage, repeated by stride 0, conjugated, negated."""
    kind = random.choice(["whole", "whole", "transposed", "slice", "expanded", "parameter", "lazy"])
    if kind == "transposed" and tensor.dim() >= 2:
        return tensor.transpose(0, tensor.dim() - 1)
    if kind == "slice" and tensor.dim() >= 1 and tensor.shape[0] >= 2:
        return tensor[1::2]
    if kind == "expanded":
        return tensor.unsqueeze(0).expand(3, *tensor.shape)
    if kind == "parameter":
        return torch.nn.Parameter(tensor, requires_grad=tensor.is_floating_point() and tensor.dtype not in UNTYPED)
    if kind == "lazy" and tensor.is_complex():
        # Of a copy: torch does not save one storage as two types.
        copy = tensor.clone()
        return random.choice([copy.conj(), copy.conj().imag, copy.imag, copy.real])
    return tensor


def random_state_dict(random, dtypes, views=True):
    """Names, types, shapes, storages shared by views of one tensor, and one tensor under two names."""
    state_dict = collections.OrderedDict()
    for index in range(random.randint(1, 10)):
        name = "".join(random.choices(PIECES, k=random.randint(0, 4))) + str(index)
        shape = [random.randint(0 if random.random() < 0.1 else 1, 6) for _ in range(random.randint(0, 4))]
        tensor = random_tensor(random, random.choice(dtypes), shape)
        state_dict[name] = random_view(random, tensor) if views else tensor
        if views and random.random() < 0.2:
            state_dict[name + ".tied"] = random.choice([tensor, state_dict[name], random_view(random, tensor)])
    return state_dict


def bits(tensor):
    tensor = tensor.detach().resolve_conj().resolve_neg().contiguous().clone()
    return ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size()) if tensor.numel() else b""


def expect_equal(loaded, original, ordered=True):
    names = list if ordered else set
    expect(names(loaded) == names(original), f"the names are {list(loaded)}, not {list(original)}")
    for name, tensor in original.items():
        other = loaded[name]
        expect(isinstance(other, torch.Tensor), f"{name!r} is a {type(other)}")
        expect(other.dtype == tensor.dtype, f"{name!r} is {other.dtype}, not {tensor.dtype}")
        expect(other.shape == tensor.shape, f"{name!r} has the shape {tuple(other.shape)}, not {tuple(tensor.shape)}")
        expect(bits(other) == bits(tensor), f"{name!r} has other bits")


def load(path):
    loaded = torch.load(path, weights_only=True)
    expect(type(loaded) is collections.OrderedDict, f"torch.load gives a {type(loaded)}")
    return loaded


# The kinds of cases


def zip_format(program, random):
    """torch.save -> import -> export -> torch.load(weights_only=True): names, order, types, shapes and bits."""
    state_dict = random_state_dict(random, DTYPES)
    torch.save(state_dict, program.path("zip.pt"))
    expect_equal(load(program.export(program.import_file(program.path("zip.pt"), "zip"), "zip.pt")), state_dict)


def legacy_format(program, random):
    """The same from the format before torch 1.6."""
    state_dict = random_state_dict(random, [dtype for dtype in DTYPES if dtype not in UNTYPED])
    torch.save(state_dict, program.path("legacy.pt"), _use_new_zipfile_serialization=False)
    expect_equal(load(program.export(program.import_file(program.path("legacy.pt"), "legacy"), "legacy.pt")), state_dict)


def checkpoint(program, random):
    """A state_dict under a key, beside an optimizer's and scalars: found by its usual names, else by --key."""
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1))
    optimizer = random.choice([torch.optim.Adam, torch.optim.SGD])(net.parameters(), lr=0.01)
    net(torch.randn(4, 2)).sum().backward()
    optimizer.step()
    usual = random.random() < 0.7
    key = random.choice(["state_dict", "model_state_dict", "model"]) if usual else "ema_weights"
    state_dict = random.choice([net.state_dict(), random_state_dict(random, DTYPES)])
    whole = {"epoch": 3, "loss": 0.25, "best": None, key: state_dict, "optimizer_state_dict": optimizer.state_dict(), "args": {"lr": [0.1]}}
    torch.save(whole, program.path("checkpoint.pt"))
    version = program.import_file(program.path("checkpoint.pt"), "checkpoint", None if usual else key)
    expect_equal(load(program.export(version, "checkpoint.pt")), state_dict)


def safetensors_both_ways(program, random):
    """safetensors' files in, files that safetensors reads out, and in again with the same digest."""
    dtypes = [dtype for dtype in DTYPES if dtype != torch.complex128]
    state_dict = random_state_dict(random, dtypes, views=False)
    safetensors.torch.save_file(dict(state_dict), program.path("in.safetensors"), metadata={"format": "pt", "층": "x"})
    version = program.import_file(program.path("in.safetensors"), "safe")
    # The library sorts by element size.
    expect_equal(load(program.export(version, "safe.pt")), state_dict, ordered=False)
    exported = program.export(version, "safe.safetensors")
    expect_equal(safetensors.torch.load_file(exported), state_dict, ordered=False)
    again = program.import_file(exported, "safe")
    expect(program.digest(again) == program.digest(version), "the digest changed on the way through safetensors")
    # And from a .pt file, whose order is its own.
    torch.save(state_dict, program.path("safe.pt"))
    version = program.import_file(program.path("safe.pt"), "safe")
    again = program.import_file(program.export(version, "safe.safetensors"), "safe")
    expect(program.digest(again) == program.digest(version), "the digest changed between .pt and safetensors")


class NeuralNet(torch.nn.Module):
    """The tutorial's net; with more hidden layers it goes on to linear_n."""

    def __init__(self, sizes):
        super().__init__()
        self.count = len(sizes) - 1
        for index, (inputs, outputs) in enumerate(zip(sizes, sizes[1:]), 1):
            setattr(self, f"linear_{index}", torch.nn.Linear(inputs, outputs))
        self.relu = torch.nn.ReLU()
        self.sigmoid = torch.nn.Sigmoid()

    def forward(self, x):
        for index in range(1, self.count + 1):
            x = getattr(self, f"linear_{index}")(x)
            x = self.relu(x) if index < self.count else self.sigmoid(x)
        return x


def trained_net(program, random):
    """The tutorial's net, trained by torch: predicts here as there, and comes back by new_model.load_state_dict(torch.load(path))."""
    torch.manual_seed(random.randrange(2**31))
    sizes = [random.randint(1, 6), *(random.randint(1, 24) for _ in range(random.randint(1, 3))), 1]
    model = NeuralNet(sizes)
    x_train = torch.randn(80, sizes[0])
    y_train = (x_train.sum(1) > 0).float()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(50):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy(model(x_train).squeeze(1), y_train).backward()
        optimizer.step()
    torch.save(model.state_dict(), program.path("model.pt"))
    version = program.import_file(program.path("model.pt"), "tutorial")
    x = torch.randn(20, sizes[0])
    with torch.no_grad():
        theirs = model(x).squeeze(1).tolist()
    points = [part for row in x.tolist() for part in ("--point", ",".join(map(repr, row)))]
    for row, probability in zip(program.json("predict", "--version", version, *points), theirs, strict=True):
        expect(close(row["probability"], probability), f"predict gives {row['probability']!r}, torch {probability!r}")
    new_model = NeuralNet(sizes)
    new_model.load_state_dict(torch.load(program.export(version, "model.pt")))
    with torch.no_grad():
        expect(new_model(x).squeeze(1).tolist() == theirs, "the reloaded model gives other numbers")


def sequential(program, random):
    """torch.nn.Sequential of Linear and ReLU, of any task: predicts here as there."""
    torch.manual_seed(random.randrange(2**31))
    task = random.choice(["binary", "multiclass", "regression"])
    sizes = [random.randint(1, 6), *(random.randint(1, 24) for _ in range(random.randint(0, 2)))]
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-1], random.randint(2, 5) if task == "multiclass" else 1))
    torch.save(model.state_dict(), program.path("sequential.pt"))
    version = program.import_file(program.path("sequential.pt"), "sequential", None, "--task", task, "--activation", "relu")
    x = torch.randn(10, sizes[0])
    with torch.no_grad():
        output = model(x)
    activated = {"binary": output.sigmoid(), "multiclass": output.softmax(1), "regression": output}[task].tolist()
    points = [part for row in x.tolist() for part in ("--point", ",".join(map(repr, row)))]
    for row, theirs in zip(program.json("predict", "--version", version, *points), activated, strict=True):
        ours = row["probabilities"] if task == "multiclass" else [row["probability" if task == "binary" else "value"]]
        expect(all(map(close, ours, theirs)) and len(ours) == len(theirs), f"predict gives {ours}, torch {theirs}")


def trained_here(program, random):
    """A net trained by the registry gives torch's numbers in torch."""
    sizes = [random.randint(1, 12) for _ in range(random.randint(1, 3))]
    hidden = ",".join(map(str, sizes))
    made = program.json("train", "--seed", random.randrange(10_000), "--hidden", hidden, "--epochs", 40, "--model", "here", "--quiet")
    version = f"{made['model']}/{made['version']}"
    model = NeuralNet([2, *sizes, 1])
    model.load_state_dict(load(program.export(version, "here.pt")))
    rows = program.json("predict", "--version", version)
    with torch.no_grad():
        theirs = model(torch.FloatTensor([row["x"] for row in rows])).squeeze(1).tolist()
    for row, probability in zip(rows, theirs, strict=True):
        expect(close(row["probability"], probability), f"predict gives {row['probability']!r}, torch {probability!r}")


# Title, function, how many.
KINDS = [
    ("torch .pt -> registry -> torch", zip_format, 50),
    ("torch legacy .pt -> registry -> torch", legacy_format, 25),
    ("torch checkpoint -> registry -> torch", checkpoint, 15),
    ("safetensors <-> registry", safetensors_both_ways, 15),
    ("trained by torch, predicted here", trained_net, 15),
    ("nn.Sequential of torch, predicted here", sequential, 15),
    ("trained here, predicted by torch", trained_here, 15),
]
