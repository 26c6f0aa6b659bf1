"""Writes Tests/Fixtures/metrics.json: what scikit-learn says of some predictions.  Needs numpy and scikit-learn.

    python3 Scripts/make_metrics_fixture.py > Tests/Fixtures/metrics.json
"""
import json

import numpy
from sklearn import metrics

rng = numpy.random.default_rng(0)
binary, multiclass, regression = [], [], []
for rows in (2, 7, 50, 1000):
    for ties in (False, True):
        actual = rng.integers(0, 2, rows)
        actual[:2] = [0, 1]
        score = rng.random(rows)
        score = numpy.round(score, 1) if ties else score
        score = score.astype(numpy.float32)
        guess = (score >= 0.5).astype(int)
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(actual, guess, average="binary", zero_division=0)
        binary.append(dict(
            actual=actual.tolist(), score=[float(s) for s in score], accuracy=metrics.accuracy_score(actual, guess),
            precision=precision, recall=recall, f1=f1, rocAUC=metrics.roc_auc_score(actual, score),
            confusionMatrix=metrics.confusion_matrix(actual, guess, labels=[0, 1]).tolist()))
for rows, classes in ((10, 3), (200, 4), (60, 7)):
    actual = rng.integers(0, classes, rows)
    guess = numpy.where(rng.random(rows) < 0.6, actual, rng.integers(0, classes, rows))
    guess[guess == classes - 1] = 0  # a class that is never predicted
    p, r, f, s = metrics.precision_recall_fscore_support(actual, guess, labels=range(classes), zero_division=0)
    multiclass.append(dict(
        classes=classes, actual=actual.tolist(), guess=guess.tolist(), accuracy=metrics.accuracy_score(actual, guess),
        precision=p.tolist(), recall=r.tolist(), f1=f.tolist(), support=s.tolist(),
        confusionMatrix=metrics.confusion_matrix(actual, guess, labels=range(classes)).tolist()))
for rows, offset in ((2, 0.0), (30, 0.0), (1000, 1e6)):
    actual = rng.normal(size=rows) + offset
    guess = actual + rng.normal(size=rows) * 0.3
    regression.append(dict(
        actual=actual.tolist(), guess=guess.tolist(), mse=metrics.mean_squared_error(actual, guess),
        mae=metrics.mean_absolute_error(actual, guess), r2=metrics.r2_score(actual, guess)))
print(json.dumps(dict(binary=binary, multiclass=multiclass, regression=regression)))
