"""Weights of rows and of classes in the estimators."""

import re

import pytest

pytest.importorskip("sklearn")
np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

from sklearn.datasets import make_moons
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier
from sklearn.utils.class_weight import compute_sample_weight

from micrograd_nn.extras.sklearn import MicrogradClassifier, MicrogradRegressor

WHOLE = {"epochs": 10, "batch_size": 10_000, "validation": 0.0}  # in one batch
QUICK = {"epochs": 5, "hidden": (5,), "random_state": 0}


def make_rows(kind, count=60):
    """Return rows of a number and a text, and what is learned of them."""
    rng = np.random.default_rng(3)
    X = pd.DataFrame({"size": rng.normal(size=count), "colour": rng.choice(["red", "blue"], count)})
    numbers = X["size"] ** 2 + (X["colour"] == "red") + rng.normal(size=count) / 10
    if kind == "number":
        return MicrogradRegressor, X, numbers.to_numpy()
    return (
        MicrogradClassifier,
        X,
        np.array(["low", "mid", "high"])[np.digitize(numbers, [0.5, 1.5])],
    )


def states(*models):
    return [model.model_.state() for model in models]


@pytest.mark.parametrize("kind", ["class", "number"])
def test_a_weight_is_a_number_of_rows(kind):
    make, X, y = make_rows(kind)
    weights = np.arange(len(y)) % 4
    often = np.repeat(np.arange(len(y)), weights)
    whole = make(**{**QUICK, **WHOLE}).fit(X, y, sample_weight=weights)
    repeated = make(**{**QUICK, **WHOLE}).fit(X.iloc[often], y[often])
    found, wanted = [np.array([*state.values()]) for state in states(whole, repeated)]
    assert np.allclose(found, wanted, rtol=1e-7, atol=1e-10)
    assert whole.loss_curve_ == pytest.approx(repeated.loss_curve_, rel=1e-9)
    # In small batches, too, no weight is no row, and the unit of weights makes no difference.
    some = make(**QUICK).fit(X, y, sample_weight=weights)
    kept = weights > 0
    without = make(**QUICK).fit(X[kept], y[kept], sample_weight=weights[kept] * 4)
    assert states(some) == states(without) != states(make(**QUICK).fit(X[kept], y[kept]))
    same = make(**QUICK).fit(X, y, sample_weight=[0.3] * len(y))
    assert states(same) == states(make(**QUICK).fit(X, y))


def test_weights_of_classes_are_weights_of_their_rows():
    make, X, y = make_rows("class")
    rows = np.linspace(0.5, 2, len(y))
    chosen = {"low": 3.0, "mid": 0.25}
    by_class = make(class_weight=chosen, **QUICK).fit(X, y, sample_weight=rows)
    by_row = make(**QUICK).fit(X, y, sample_weight=rows * compute_sample_weight(chosen, y))
    assert states(by_class) == states(by_row)
    balanced = make(class_weight="balanced", **QUICK).fit(X, y)
    by_hand = make(**QUICK).fit(X, y, sample_weight=compute_sample_weight("balanced", y))
    assert np.allclose(balanced.predict_proba(X), by_hand.predict_proba(X), rtol=1e-9)
    # With weights, it is the weights of classes that are balanced: as of repeated rows.
    often = np.repeat(np.arange(len(y)), np.arange(len(y)) % 3)
    whole = make(class_weight="balanced", **{**QUICK, **WHOLE})
    weighted = whole.fit(X, y, sample_weight=np.arange(len(y)) % 3).predict_proba(X)
    repeated = whole.fit(X.iloc[often], y[often]).predict_proba(X)
    assert np.allclose(weighted, repeated, rtol=1e-7)
    rare = make(class_weight={"high": 1000.0, "low": 1e-4, "mid": 1e-4}, epochs=30, random_state=0)
    assert (rare.fit(X, y).predict(X) == "high").mean() > 0.8


def test_what_is_no_weight_is_refused():
    make, X, y = make_rows("class")
    one = np.ones(len(y))
    for weights, told in (
        (one - 1, "zero"),
        (one * (y == "low"), "rows of one class alone have a weight above zero: add others"),
        (one - 2, "a weight is below zero or too large: weights are finite, from 0 up"),
        (one[1:], "sample_weight.shape == (59,), expected (60,)!"),
        (one * np.nan, "Input sample_weight contains NaN."),
    ):
        with pytest.raises(ValueError, match=re.escape(told)):
            make(**QUICK).fit(X, y, sample_weight=weights)
    for chosen, told in (
        ({"low": -1.0}, "a weight is below zero or too large"),
        ({"lwo": 2.0, "mid": 2.0, "high": 1.0}, "The classes, ['low'], are not in class_weight"),
        ("balance", "The 'class_weight' parameter of compute_class_weight must be"),
    ):
        with pytest.raises(ValueError, match=re.escape(told)):
            make(class_weight=chosen, **QUICK).fit(X, y)


def test_boosting_and_bagging_weigh_rows():
    X, y = make_moons(120, noise=0.3, random_state=0)
    weak = MicrogradClassifier(hidden=(), epochs=10, random_state=0)
    boosted = AdaBoostClassifier(weak, n_estimators=4, random_state=0).fit(X, y)
    assert len({repr(state) for state in states(*boosted.estimators_)}) == 4
    bagged = BaggingClassifier(weak, 3, random_state=0).fit(X, y, sample_weight=y + 1)
    assert bagged.score(X, y) > 0.7
