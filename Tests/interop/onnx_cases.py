"""onnxruntime on raw rows against `registry predict`, for nets that the registry trained."""

import csv

import numpy
import onnx
import onnxruntime

from program import close, expect

TEXTS = ["blue", "red", "green", "층", 'say "x"', "a,b", "1", "-", "é"]
NUMBERS = ["age", "income", "x 1", "label", "value", "probability", "x", "linear_1.weight", "zero"]
CATEGORIES = ["color", "size", "나라", "features"]


def random_table(random, task, standardized):
    """The columns, as {name: texts}, and the rows of a random dataset with its target last.

    Columns of any scale only where they are standardised: without that, float32 sums of large numbers have no six digits to compare,
    here or in any runtime.
    """
    numbers = random.sample(NUMBERS, random.randint(1, 5))
    categories = random.sample(CATEGORIES, random.choice([0, 0, 1, 2]))
    columns = {name: None for name in numbers} | {name: random.sample(TEXTS, random.randint(2, 5)) for name in categories}
    names = list(columns)
    random.shuffle(names)
    columns = {name: columns[name] for name in names}
    exponent = (-3, 4) if standardized else (-2, 0)
    scales = {name: (random.uniform(-2, 2), 10 ** random.uniform(*exponent)) for name in numbers}
    scales = {name: (mean * scale, scale) for name, (mean, scale) in scales.items()}
    classes = random.sample(["no", "yes", "쉼", "maybe", "7"], 2 if task == "binary" else random.randint(3, 5))
    rows = [[random.choice(texts) if texts else repr(random.gauss(*scales[name])) for name, texts in columns.items()] for _ in range(80)]

    def score(row):
        return sum(TEXTS.index(cell) if texts else float(cell) / scales[name][1] for cell, (name, texts) in zip(row, columns.items()))

    if task == "regression":
        return columns, [row + [repr(score(row) * 30 + 200)] for row in rows]
    # As many rows of each class, so that the split leaves some of each on both sides.
    rows.sort(key=score)
    return columns, [row + [classes[index * len(classes) // len(rows)]] for index, row in enumerate(rows)]


def write(path, names, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])


def number(cell):
    """A number as the session takes it, NaN where it is missing."""
    return numpy.nan if cell in ("", "NA") else float(cell)


def feed(columns, rows):
    """What a deployer hands to the session: one matrix of doubles, or a column each under its name."""
    if all(texts is None for texts in columns.values()):
        return {"x": numpy.array([[number(cell) for cell in row] for row in rows], dtype=numpy.float64)}
    return {
        name: numpy.array([[row[index] if texts else number(row[index])] for row in rows], dtype=object if texts else numpy.float64)
        for index, (name, texts) in enumerate(columns.items())
    }


def session_of(path):
    onnx.checker.check_model(path, full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def outputs_of(session, rows):
    """The outputs without the underscores that a column of the same name calls for."""
    return {output.name.rstrip("_"): values for output, values in zip(session.get_outputs(), session.run(None, rows), strict=True)}


def expect_agreement(rows, outputs):
    """Every row of `predict` and of onnxruntime: probabilities to 1e-6, values to 1e-6 of the largest, as allclose counts it.

    A value near 0 of a target that goes to 1000 is the difference of larger numbers: it has fewer digits of its own.
    """
    scale = max((abs(float(row["value"])) for row in rows if "value" in row), default=0)
    for index, row in enumerate(rows):
        if "value" in row:
            ours, theirs = [row["value"]], [outputs["value"][index]]
        elif "probability" in row:
            ours, theirs = [row["probability"]], [outputs["probability"][index]]
        else:
            ours, theirs = row["probabilities"], outputs["probabilities"][index]
        ours = [float(number) for number in ours]
        for number, other in zip(ours, map(float, theirs), strict=True):
            expect(close(number, other, scale), f"row {index}: predict gives {number!r}, onnxruntime {other!r}")
        if "label" in row:
            label = outputs["label"][index]
            # Where two classes are level, the last digit decides.
            level = sorted(ours)[-1] - sorted(ours)[-2] < 1e-6 if len(ours) > 1 else abs(ours[0] - 0.5) < 1e-6
            expect(level or label == (row["label"] or ""), f"row {index}: predict says {row['label']!r}, onnxruntime {label!r}")


def expect_refusals(session, columns, row, imputes):
    """One row that the registry refuses gives NaN and no label; the row beside it is as it was."""
    for index, texts in enumerate(columns.values()):
        for bad in ["a category that is not there"] if texts else ["inf", "1e300"] if imputes else ["nan", "inf", "1e300"]:
            spoilt = row[:index] + [bad] + row[index + 1:]
            with numpy.errstate(over="ignore"):
                outputs = outputs_of(session, feed(columns, [spoilt, row]))
            alone = outputs_of(session, feed(columns, [row]))
            for name, values in outputs.items():
                if name == "label":
                    expect(values[0] == "", f"{bad} in column {index} is labelled {values[0]!r}")
                else:
                    expect(numpy.isnan(values[0]).all(), f"{bad} in column {index} gives {name} {values[0]}")
                expect(numpy.array_equal(values[1], alone[name][0]), f"{bad} in column {index} changes the other row's {name}")


def trained(program, random, task):
    standardized = random.random() < 0.7
    columns, rows = random_table(random, task, standardized)
    strategy = random.choice([None, "mean", "median", "most-frequent"])
    whole = rows[0][:-1]
    if strategy:
        for row in rows[1:]:
            if random.random() < 0.5:
                row[random.randrange(len(row) - 1)] = random.choice(["", "NA", "nan"])
    write(program.path("train.csv"), [*columns, "target"], rows)
    hidden = ",".join(str(random.randint(1, 24)) for _ in range(random.randint(1, 3)))
    options = (["--standardize"] if standardized else []) + (["--impute", strategy] if strategy else [])
    for name, texts in columns.items():
        options += ["--categorical", name] if texts else []
    made = program.json(
        "train", "--csv", program.path("train.csv"), "--target", "target", "--task", task, "--hidden", hidden, "--epochs", 30,
        "--learning-rate", 0.01, "--optimizer", "adam", "--seed", random.randrange(10_000), "--model", task, "--quiet", *options)
    version = f"{made['model']}/{made['version']}"
    raw = [row[:-1] for row in rows]
    write(program.path("rows.csv"), list(columns), raw)
    session = session_of(program.export(version, "model.onnx"))
    ours = program.json("predict", "--version", version, "--csv", program.path("rows.csv"))
    expect(len(ours) == len(raw), f"predict gives {len(ours)} rows of {len(raw)}")
    expect_agreement(ours, outputs_of(session, feed(columns, raw)))
    expect_refusals(session, columns, whole, strategy is not None)


def binary(program, random):
    """Two classes, numbers and categories."""
    trained(program, random, "binary")


def multiclass(program, random):
    """Several classes."""
    trained(program, random, "multiclass")


def regression(program, random):
    """A number, in its own units."""
    trained(program, random, "regression")


def tutorial(program, random):
    """The tutorial's blobs; the model's properties name the version and its digest."""
    seed = random.randrange(10_000)
    made = program.json("train", "--seed", seed, "--hidden", random.randint(1, 64), "--epochs", 50, "--model", "blobs", "--quiet")
    version = f"{made['model']}/{made['version']}"
    path = program.export(version, "blobs.onnx")
    rows = program.json("predict", "--version", version)
    expect_agreement(rows, outputs_of(session_of(path), {"x": numpy.array([row["x"] for row in rows])}))
    properties = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    wanted = {"model": made["model"], "version": str(made["version"]), "state_dict_digest": program.digest(version)}
    expect(wanted.items() <= properties.items(), f"the properties are {properties}, not {wanted}")


# Title, function, how many.
KINDS = [
    ("onnxruntime = predict, the tutorial's net", tutorial, 15),
    ("onnxruntime = predict, binary", binary, 15),
    ("onnxruntime = predict, multiclass", multiclass, 15),
    ("onnxruntime = predict, regression", regression, 15),
]
