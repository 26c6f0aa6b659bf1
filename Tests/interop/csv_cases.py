"""Public CSV files, trained with their missing cells filled in, against scikit-learn's preprocessing of the same rows.

The files come with the packages that Scripts/interop.sh installs; none is copied here.
"""

import csv
import importlib.util
import json
import pathlib
import sqlite3

import numpy
import onnx
import onnxruntime
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from program import expect

MISSING = {"", "na", "n/a", "nan", "-nan", "null", "none", "#n/a", "<na>"}
UNSEEN = "never seen in training"
STRATEGIES = ["mean", "median", "most-frequent"]


class Table:
    """The texts of a CSV file.  The columns that name its rows or tell a date are for --drop to leave out, and aren't in `names` and `rows`."""

    def __init__(self, package, path, target, drop):
        folder = pathlib.Path(importlib.util.find_spec(package).origin).parent
        with open(folder / path, newline="", encoding="utf-8") as file:
            header, *rows = [[cell.strip(" \t") for cell in row] for row in csv.reader(file)]
        expect(set(drop) <= set(header), f"{path} has not all of the columns {drop}")
        self.lines = [header, *rows]
        kept = [index for index, name in enumerate(header) if name not in drop]
        self.names = [header[index] for index in kept if header[index] != target]
        self.target_name = target
        position = header.index(target)
        self.rows = [[row[index] for index in kept if index != position] for row in rows]
        self.target = [row[position] for row in rows]
        expect(not any(cell.lower() in MISSING for cell in self.target), f"{path} has a row without a target")

    def write(self, path):
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(self.lines)


class Stored:
    """What the registry's file holds of a version: its dataset's tensors and columns, its architecture, its weights."""

    def __init__(self, database, version):
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            found = "SELECT v.id, v.architecture, r.dataset_id FROM model_versions v JOIN runs r ON r.id = v.run_id ORDER BY v.id DESC"
            identity, architecture, dataset = connection.execute(found).fetchone()
            self.architecture = json.loads(architecture)
            columns, source = connection.execute("SELECT columns, source FROM datasets WHERE id = ?", (dataset,)).fetchone()
            self.columns = json.loads(columns)
            self.dropped = json.loads(source).get("dropped_columns", [])
            self.data = self.tensors(connection, "dataset", dataset)
            self.weights = self.tensors(connection, "version", identity)
        finally:
            connection.close()

    @staticmethod
    def tensors(connection, kind, identity):
        query = (
            f"SELECT n.name, t.dtype, t.shape, t.data FROM {kind}_tensors n JOIN tensors t ON t.id = n.tensor_id WHERE n.{kind}_id = ?")
        dtypes = {"F64": "<f8", "F32": "<f4", "I64": "<i8"}
        return {
            name: numpy.frombuffer(data, dtypes[dtype]).reshape(json.loads(shape))
            for name, dtype, shape, data in connection.execute(query, (identity,))
        }


def number(text):
    return numpy.nan if text.lower() in MISSING else float(text)


def raw(rows, features):
    """Each column as scikit-learn takes it: float64, or objects with NaN where a text is missing."""
    columns = []
    for index, feature in enumerate(features):
        texts = [row[index] for row in rows]
        if feature["type"] == "number":
            columns.append(numpy.array([number(text) for text in texts]))
        else:
            columns.append(numpy.array([numpy.nan if text.lower() in MISSING else text for text in texts], dtype=object))
    return columns


def same(ours, theirs, what, exact=True):
    ours, theirs = numpy.asarray(ours), numpy.asarray(theirs)
    good = numpy.array_equal(ours, theirs, equal_nan=True) if exact else numpy.allclose(ours, theirs, rtol=1e-12, atol=0)
    expect(good, f"{what}: the registry has {ours.ravel()[:8]}, scikit-learn {theirs.ravel()[:8]}")


def check_rows(stored, table, parts):
    """The split and every cell of it: numbers bit for bit, categories and classes by their texts."""
    features = stored.columns["features"]
    expect([feature["name"] for feature in features] == table.names, "the columns differ")
    for part, indices in parts.items():
        x = stored.data[f"x_{part}"]
        expect(len(x) == len(indices), f"{len(x)} {part} rows, scikit-learn has {len(indices)}")
        for index, (feature, column) in enumerate(zip(features, raw([table.rows[row] for row in indices], features))):
            if feature["type"] == "number":
                same(x[:, index], column, f"{part} rows of '{feature['name']}'")
            else:
                texts = [feature["categories"][int(value)] if value == value else numpy.nan for value in x[:, index]]
                expect(all(a == b or a != a and b != b for a, b in zip(texts, column)), f"{part} rows of '{feature['name']}' differ")
        classes = stored.columns["target"].get("classes")
        ours = stored.data[f"y_{part}"]
        for value, row in zip(ours, indices):
            text = classes[value] if classes else value
            expect(text == table.target[row] or float(text) == float(table.target[row]), f"the {part} target of row {row} is {text}")


class Pipeline:
    """SimpleImputer, StandardScaler and OneHotEncoder on the training rows; what they learnt must be what is stored."""

    def __init__(self, stored, train, strategy):
        self.features = stored.architecture["features"]
        self.numbers = [index for index, feature in enumerate(self.features) if feature["type"] == "number"]
        self.texts = [index for index, feature in enumerate(self.features) if feature["type"] == "category"]
        columns = raw(train, self.features)
        values = [feature["imputation"]["value"] for feature in self.features]
        if self.numbers:
            self.imputer = SimpleImputer(strategy=strategy.replace("-", "_"))
            complete = self.imputer.fit_transform(self.matrix(columns))
            same([values[index] for index in self.numbers], self.imputer.statistics_, f"{strategy} of the numbers")
            self.scaler = StandardScaler().fit(complete)
            fitted = [self.features[index]["standardization"] for index in self.numbers]
            # NumPy sums one column alone in another order than beside others.
            exact = len(self.numbers) > 1 or not self.texts
            same([scaling["mean"] for scaling in fitted], self.scaler.mean_, "the means", exact)
            same([scaling["scale"] for scaling in fitted], self.scaler.scale_, "the scales", exact)
            self.scaler.mean_ = numpy.array([scaling["mean"] for scaling in fitted])
            self.scaler.scale_ = numpy.array([scaling["scale"] for scaling in fitted])
        for index in self.texts:
            imputer = SimpleImputer(strategy="most_frequent").fit(columns[index].reshape(-1, 1))
            expect(values[index] == imputer.statistics_[0], f"'{self.features[index]['name']}' is filled in with {values[index]!r}")

    def matrix(self, columns):
        return numpy.ascontiguousarray(numpy.stack([columns[index] for index in self.numbers], axis=1))

    def encode(self, rows):
        """The net's inputs, float32 (rows, width)."""
        columns = raw(rows, self.features)
        parts = {}
        if self.numbers:
            scaled = self.scaler.transform(self.imputer.transform(self.matrix(columns)))
            parts = {index: scaled[:, [place]] for place, index in enumerate(self.numbers)}
        for index in self.texts:
            feature = self.features[index]
            texts = [feature["imputation"]["value"] if text != text else text for text in columns[index]]
            encoder = OneHotEncoder(categories=[feature["categories"]], handle_unknown="ignore", sparse_output=False)
            parts[index] = encoder.fit_transform(numpy.array(texts, dtype=object).reshape(-1, 1))
        return numpy.concatenate([parts[index] for index in sorted(parts)], axis=1).astype(numpy.float32)


def answers(stored, x):
    """The net in numpy, float64: probabilities of the classes, or values in the target's own units."""
    x = x.astype(numpy.float64)
    layers = len(stored.weights) // 2
    for layer in range(1, layers + 1):
        x = x @ stored.weights[f"linear_{layer}.weight"].T.astype(numpy.float64) + stored.weights[f"linear_{layer}.bias"]
        if layer < layers:
            x = numpy.maximum(x, 0)
    task = stored.architecture["task"]
    if task == "binary":
        return 1 / (1 + numpy.exp(-x))
    if task == "multiclass":
        x = numpy.exp(x - x.max(axis=1, keepdims=True))
        return x / x.sum(axis=1, keepdims=True)
    scaling = stored.architecture["target_standardization"]
    return x * scaling["scale"] + scaling["mean"]


def check_onnx(path, pipeline, rows, wanted):
    """The exported graph's own inputs of the net: scikit-learn's bits, and NaN in a row with an unseen category."""
    model = onnx.load(path)
    gemm = next(node for node in model.graph.node if node.op_type == "Gemm")
    model.graph.output.append(onnx.helper.make_tensor_value_info(gemm.input[0], onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    if pipeline.texts:
        feed = {
            feature["name"]: numpy.array([[number(row[index]) if feature["type"] == "number" else row[index]] for row in rows])
            for index, feature in enumerate(pipeline.features)
        }
        feed = {name: values if values.dtype == numpy.float64 else values.astype(object) for name, values in feed.items()}
    else:
        feed = {"x": numpy.array([[number(cell) for cell in row] for row in rows])}
    inputs = [place.name for place in session.get_inputs()]
    *outputs, encoded = session.run(None, dict(zip(inputs, feed.values(), strict=True)))
    unseen = numpy.array([UNSEEN in row for row in rows])
    same(encoded[~unseen], wanted[~unseen], "the encoded rows of the ONNX file")
    expect(numpy.isnan(encoded[unseen]).any(axis=1).all(), "an unseen category isn't NaN in the ONNX file")
    for output, values in zip(session.get_outputs(), outputs):
        if output.name.rstrip("_") == "label":
            expect(all(label == "" for label in values[unseen]), "an unseen category is labelled")


def check_predictions(program, stored, version, rows, wanted, pipeline):
    path = program.path("rows.csv")
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["row id", *(feature["name"] for feature in pipeline.features)], *([f"0{n}", *row] for n, row in enumerate(rows))])
    ours = program.json("predict", "--version", version, "--csv", path, "--unseen", "ignore", "--keep", "row id")
    expect([row["row id"] for row in ours] == [f"0{n}" for n in range(len(rows))], "the kept column differs")
    theirs = answers(stored, wanted)
    if "probability" in ours[0]:
        ours = [[row["probability"]] for row in ours]
    else:
        ours = [row.get("probabilities", [row.get("value")]) for row in ours]
    scale = numpy.abs(theirs).max() if "target_standardization" in stored.architecture else 1
    worst = numpy.abs(numpy.array(ours, dtype=float) - theirs).max()
    expect(worst <= 2e-6 * scale, f"a prediction differs by {worst}")


def trained(program, random, package, path, target, drop, options):
    table = Table(package, path, target, drop)
    table.write(program.path("train.csv"))
    stratify = "--stratify" in options
    # A nameless first column, as pandas writes its index, has a name of ours.
    dropping = [word for name in drop for word in ("--drop", name or "unnamed_0")]
    for strategy in STRATEGIES:
        seed = random.randrange(1000)
        made = program.json(
            "train", "--csv", program.path("train.csv"), "--target", target, "--impute", strategy, "--standardize", "--seed", seed,
            "--epochs", 5, "--hidden", "8,4", "--quiet", *dropping, *options)
        version = f"{made['model']}/{made['version']}"
        stored = Stored(program.database, version)
        split = train_test_split(
            numpy.arange(len(table.rows)), test_size=0.2, random_state=seed, stratify=table.target if stratify else None)
        check_rows(stored, table, dict(zip(["train", "test"], split)))
        expect(sorted(stored.dropped) == sorted(name or "unnamed_0" for name in drop), f"dropped is {stored.dropped}")
        pipeline = Pipeline(stored, [table.rows[row] for row in split[0]], strategy)
        # The file's rows, with cells missing and categories unseen that weren't.
        rows = [list(row) for row in table.rows[:400]]
        for row in random.sample(rows, 20):
            row[random.randrange(len(row))] = random.choice(["", "NA", "nan", "NULL"])
        for row in random.sample(rows, 10):
            if pipeline.texts:
                row[random.choice(pipeline.texts)] = UNSEEN
        wanted = pipeline.encode(rows)
        check_onnx(program.export(version, "model.onnx"), pipeline, rows, wanted)
        check_predictions(program, stored, version, rows, wanted, pipeline)


# Package, file, target, the columns that are left out, further options.
FILES = [
    ("palmerpenguins", "data/penguins.csv", "species", [], ["--stratify"]),
    ("palmerpenguins", "data/penguins-raw.csv", "Species",
     ["studyName", "Sample Number", "Individual ID", "Date Egg", "Comments", "Region", "Stage"], []),
    ("vega_datasets", "_data/seattle-weather.csv", "weather", ["date"], ["--stratify"]),
    ("vega_datasets", "_data/airports.csv", "longitude", ["iata", "name", "city"], []),
    ("lifelines", "datasets/lung.csv", "status", [], []),
    ("lifelines", "datasets/rossi.csv", "arrest", [], ["--stratify"]),
    ("lifelines", "datasets/kidney_transplant.csv", "death", [], []),
    ("lifelines", "datasets/stanford_heart.csv", "event", ["id"], ["--stratify"]),
    ("lifelines", "datasets/gbsg2.csv", "cens", [], ["--stratify"]),
    ("lifelines", "datasets/larynx.csv", "death", [], ["--stratify"]),
    ("lifelines", "datasets/lymph_node.csv", "censrec", ["id", "diagdateb", "recdate", "deathdate"], []),
    ("lifelines", "datasets/dd.csv", "democracy", ["ctryname", "ehead", "leaderspellreg"], []),
    ("lifelines", "datasets/canadian_senators.csv", "diff_days", ["Name", "Term (yyyy.mm.dd)", "start_date", "end_date"], []),
    ("lifelines", "datasets/regression.csv", "T", [], []),
    ("lifelines", "datasets/ACTG175.csv", "cens", ["", "pidnum"], ["--stratify"]),
]


def kind(package, path, target, drop, options):
    def check(program, random):
        trained(program, random, package, path, target, drop, options)

    return (f"scikit-learn = train on {pathlib.Path(path).name}", check, 1)


KINDS = [kind(*file) for file in FILES]
