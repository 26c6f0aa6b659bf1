"""Writes Tests/Fixtures/preparing.json: what scikit-learn's StandardScaler and SimpleImputer make of random columns.  Needs numpy and
scikit-learn.

    python3 Scripts/make_preparing_fixture.py > Tests/Fixtures/preparing.json

Numbers are hexadecimal, so that every bit is compared; a missing cell is null.
"""
import json

import numpy
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

rng = numpy.random.default_rng(0)


def bits(array):
    return [None if numpy.isnan(value) else float(value).hex() for value in numpy.ravel(array)]


def near_constant(rows):
    """Columns that are constant, constant up to some rounding errors, or a little beyond that."""
    columns = []
    for _ in range(12):
        value = float(rng.choice([0.1, 0.3, 1, 1e8, 1e-8, 7e15, 1e-160, 12345.678])) * rng.choice([-1, 1])
        ulp = numpy.spacing(value)
        column = value + ulp * rng.integers(-1, 2, rows) * float(rng.choice([0, 0, 1, 2, 4, 30, 1000, 10**6]))
        if rng.random() < 0.2:
            column = numpy.full(rows, value)
            column[0] += ulp * rng.integers(1, 60)
        columns.append(column)
    return numpy.ascontiguousarray(numpy.stack(columns, axis=1))


def table(rows, columns, few):
    """Numbers with missing cells; few different ones, so that some are equally frequent."""
    x = rng.normal(size=(rows, columns)) * 10.0 ** rng.integers(-3, 4, columns)
    if few:
        x = rng.integers(-2, 3, (rows, columns)) * 0.5
    x[rng.random(x.shape) < 0.25] = numpy.nan
    x[rng.integers(rows), numpy.isnan(x).all(axis=0)] = 1
    return x


scaling = []
for rows in (2, 3, 10, 60):
    for _ in range(3):
        x = near_constant(rows)
        scaler = StandardScaler().fit(x)
        scaling.append(dict(columns=x.shape[1], x=bits(x), mean=bits(scaler.mean_), scale=bits(scaler.scale_)))
imputing = []
for rows, columns in ((1, 2), (2, 3), (9, 1), (40, 3), (41, 4), (300, 1)):
    for few in (False, True):
        x = table(rows, columns, few)
        case = dict(columns=columns, x=bits(x))
        for key, strategy in (("mean", "mean"), ("median", "median"), ("mostFrequent", "most_frequent")):
            imputer = SimpleImputer(strategy=strategy).fit(x)
            case[key] = bits(imputer.statistics_)
            case[f"{key}Scale"] = bits(StandardScaler().fit(imputer.transform(x)).scale_)
        imputing.append(case)
print(json.dumps(dict(scaling=scaling, imputing=imputing)))
