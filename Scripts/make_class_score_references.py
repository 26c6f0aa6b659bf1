"""Writes Tests/Fixtures/class_scores.json: scikit-learn's macro precision, recall and f1, and its roc_auc.  Needs numpy and scikit-learn.

    python3 Scripts/make_class_score_references.py > Tests/Fixtures/class_scores.json
"""
import json

import numpy
from sklearn import metrics

rng = numpy.random.default_rng(1)
cases = []


def add(actual, probabilities, classes):
    """`probabilities`: (rows) of the second of two classes, or (rows, classes)."""
    binary = probabilities.ndim == 1
    guess = (probabilities >= 0.5).astype(int) if binary else probabilities.argmax(axis=1)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(actual, guess, average="macro", zero_division=0)
    area = None
    if len(set(actual.tolist())) == classes:
        # Class by class, as multi_class="ovr" does: that would have float64 probabilities whose sum is 1, and dividing by it breaks ties.
        area = metrics.roc_auc_score(actual, probabilities) if binary else numpy.mean(
            [metrics.roc_auc_score(actual == k, probabilities[:, k]) for k in range(classes)])
    cases.append(dict(classes=classes, actual=actual.tolist(), outputs=probabilities.T.flatten().tolist(), guess=guess.tolist(),
                      precision=precision, recall=recall, f1=f1, roc_auc=area))


for rows in (2, 9, 200):
    for decimals in (1, 9):
        actual = rng.integers(0, 2, rows)
        actual[:2] = [0, 1]
        add(actual, numpy.round(0.3 * actual + 0.7 * rng.random(rows), decimals).astype(numpy.float32), 2)
add(numpy.array([0] * 18 + [1] * 2), rng.random(20).astype(numpy.float32) * 0.4, 2)  # one answer
add(numpy.array([0] * 20), rng.random(20).astype(numpy.float32), 2)  # one class in the test part
add(numpy.array([1] * 5), numpy.full(5, 0.9, numpy.float32), 2)  # one class and one answer
for rows, classes in ((12, 3), (200, 4), (60, 7)):
    actual = rng.integers(0, classes, rows)
    actual[:classes] = range(classes)
    eighths = rng.integers(1, 8, (rows, classes)) + 3 * (actual[:, None] == numpy.arange(classes))
    add(actual, (eighths / eighths.sum(axis=1, keepdims=True)).astype(numpy.float32), classes)
actual = rng.integers(0, 3, 40)
actual[actual == 1] = 2  # a class without a row
scores = rng.random((40, 3))
scores[:, 1] = 0  # that nobody answers either
add(actual, (scores / scores.sum(axis=1, keepdims=True)).astype(numpy.float32), 3)
print(json.dumps(cases, separators=(",", ":")))
