"""Writes Tests/Fixtures/stratify.json: scikit-learn's stratified splits.  Needs numpy and scikit-learn.

    python3 Scripts/make_stratify_references.py > Tests/Fixtures/stratify.json
"""
import json

import numpy
from sklearn.model_selection import train_test_split

rng = numpy.random.default_rng(0)
SHAPES = [[5, 5], [9, 1], [2, 2], [30, 3], [7, 7, 7], [4, 4, 4, 4, 4], [50, 9, 2], [100, 31, 17, 2], [13, 29, 3, 3, 3, 8]]
splits = []
for counts in SHAPES:
    labels = numpy.repeat(numpy.arange(len(counts)), counts)
    rng.shuffle(labels)
    for fraction in (0.1, 0.2, 0.25, 1 / 3, 0.5, 0.73):
        for seed in (0, 1, 42, 2**32 - 1):
            case = dict(labels=labels.tolist(), classes=len(counts), fraction=fraction, seed=seed)
            try:
                train, test = train_test_split(numpy.arange(len(labels)), test_size=fraction, random_state=seed, stratify=labels)
                case.update(train=train.tolist(), test=test.tolist())
            except ValueError as error:
                case.update(error="train" if "train_size" in str(error) else "test" if "test_size" in str(error) else "single")
            splits.append(case)
print(json.dumps(splits, separators=(",", ":")))
