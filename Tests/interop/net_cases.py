"""torch's nets of every activation, shape, type, naming, bias and BatchNorm1d: predicted here and by onnxruntime as by torch."""

import collections

import numpy
import torch

from onnx_cases import outputs_of, session_of
from program import close, expect

ACTIVATIONS = {
    "relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "leaky_relu": torch.nn.LeakyReLU, "elu": torch.nn.ELU,
    "gelu": torch.nn.GELU, "silu": torch.nn.SiLU, "none": torch.nn.Identity,
}
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
NORMS = [None, "before", "after"]
# How layer k of n is called; the first one is the nn.Sequential's own.
NAMINGS = [
    None, lambda k, n: f"fc{k + 1}", lambda k, n: f"linear{k + 1}", lambda k, n: f"layers.{k}", lambda k, n: f"module.lin{k + 1}",
    lambda k, n: f"_orig_mod.dense_{k + 1}", lambda k, n: f"module._orig_mod.model.layer{k + 1}", lambda k, n: f"net.{3 * k}",
]
CASES = [(activation, index) for activation in ACTIVATIONS for index in range(6)]


def layers_of(random, activation, norm, affine, bias, sizes, dropout):
    layers = []
    for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
        layers.append(torch.nn.Linear(inputs, outputs, bias=bias))
        batch_norm = [torch.nn.BatchNorm1d(outputs, affine=affine)] if norm else []
        middle = [ACTIVATIONS[activation]()]
        layers += batch_norm + middle if norm == "before" else middle + batch_norm
        if dropout and norm != "after":
            layers.append(torch.nn.Dropout(0.3))
    return [*layers, torch.nn.Linear(sizes[-2], sizes[-1], bias=bias)]


def renamed(state_dict, model, naming):
    """The same tensors under the names of another module tree; a BatchNorm1d is bn of its layer."""
    if naming is None:
        return state_dict
    linears = [str(index) for index, layer in enumerate(model) if isinstance(layer, torch.nn.Linear)]
    result, linear = collections.OrderedDict(), -1
    for name, tensor in state_dict.items():
        stem, _, part = name.rpartition(".")
        linear = linears.index(stem) if stem in linears else linear
        new = naming(linear, len(linears))
        if stem not in linears:
            digits = new[len(new.rstrip("0123456789")):]
            new = new[:len(new) - len(digits)].rpartition(".")[0] + f".bn.{digits}" if "." in new else f"bn{digits}"
        result[f"{new}.{part}"] = tensor
    return result


def predicted(program, random, case):
    """One row of the table: imported with its activation it predicts as torch does, without it nothing."""
    activation, index = CASES[case]
    torch.manual_seed(random.randrange(2**31))
    task = random.choice(["binary", "multiclass", "regression"])
    sizes = [random.randint(1, 6), *(random.randint(2, 24) for _ in range(random.randint(1, 3)))]
    sizes.append(random.randint(2, 5) if task == "multiclass" else 1)
    norm, dtype = NORMS[index % 3], DTYPES[(index + case // 6) % 4]
    naming = NAMINGS[(case + index) % len(NAMINGS)]
    affine, bias = random.random() < 0.7, random.random() < 0.7
    model = torch.nn.Sequential(*layers_of(random, activation, norm, affine, bias, sizes, dropout=random.random() < 0.5))
    for layer in model:
        if isinstance(layer, torch.nn.BatchNorm1d):
            layer.running_mean.uniform_(-1, 1)
            layer.running_var.uniform_(0.5, 2)
            if affine:
                torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
                torch.nn.init.uniform_(layer.bias, -1, 1)
    model = model.to(dtype).eval()
    state_dict = renamed(model.state_dict(), model, naming)
    path = program.path("net.pt")
    torch.save(state_dict, path)

    bare = program.json("import", path, "--model", "bare")
    expect(bare["architecture"] is None and bare["architecture_from"] is None, f"{list(state_dict)} is taken for {bare}")
    program.run("predict", "--version", f"bare/{bare['version']}", "--point", ",".join(["1"] * sizes[0]), status=65)

    place = ["--batch-norm", norm] if norm and (naming is not None or activation == "none") else []
    if place and naming is None:
        place = []
    version = program.import_file(path, "net", None, "--task", task, "--activation", activation, *place)
    x = torch.randn(10, sizes[0], dtype=torch.float32)
    wide = model.to(torch.float64 if dtype == torch.float64 else torch.float32)
    with torch.no_grad():
        output = wide(x.to(wide[0].weight.dtype))
    theirs = {"binary": output.sigmoid(), "multiclass": output.softmax(1), "regression": output}[task].tolist()
    scale = max(1.0, float(output.abs().max()))
    points = [part for row in x.tolist() for part in ("--point", ",".join(map(repr, row)))]
    rows = program.json("predict", "--version", version, *points)
    outputs = outputs_of(session_of(program.export(version, "net.onnx")), {"x": numpy.array(x.tolist())})
    what = f"{activation}, {dtype}, norm {norm}, {list(state_dict)}"
    for index, (row, wanted) in enumerate(zip(rows, theirs, strict=True)):
        key = {"binary": "probability", "multiclass": "probabilities", "regression": "value"}[task]
        ours = row[key] if task == "multiclass" else [row[key]]
        onnx = outputs[key][index].tolist() if task == "multiclass" else [float(outputs[key][index])]
        for number, other, third in zip(ours, wanted, onnx, strict=True):
            expect(close(number, other, scale), f"{what}: predict gives {number!r}, torch {other!r}")
            expect(close(third, other, scale), f"{what}: onnxruntime gives {third!r}, torch {other!r}")


def table(program, random):
    """The whole table from one seed."""
    for case in range(len(CASES)):
        predicted(program, random, case)


def incomplete(program, random):
    """A parameter that is no tensor makes no net, and packed weights are refused; names like ours without a bias are a net."""
    torch.manual_seed(random.randrange(2**31))
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    path = program.path("incomplete.pt")
    for bias in (model[2].bias.detach().numpy(), 0.5):
        torch.save({**model.state_dict(), "2.bias": bias}, path)
        program.run("import", path, "--activation", "relu", status=65)
        expect(program.json("import", path, "--model", "incomplete")["architecture"] is None, f"a net without its bias {bias!r}")
    torch.save(torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}).state_dict(), path)
    program.run("import", path, status=65)
    torch.save({"linear_1.weight": model[0].weight.detach(), "linear_2.weight": model[2].weight.detach()}, path)
    version = program.import_file(path, "bare_names", None, "--activation", "relu")
    with torch.no_grad():
        wanted = (torch.relu(torch.ones(3) @ model[0].weight.T) @ model[2].weight.T).softmax(0).tolist()
    ours = program.json("predict", "--version", version, "--point", "1,1,1")[0]["probabilities"]
    expect(all(close(a, b, 1.0) for a, b in zip(ours, wanted, strict=True)), f"predict gives {ours}, torch {wanted}")


# Title, function, how many.
KINDS = [
    (f"{len(CASES)} foreign nets: torch = predict = onnxruntime", table, 1),
    ("incomplete nets are no nets", incomplete, 1),
]
