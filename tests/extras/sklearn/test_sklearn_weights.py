"""Weights of rows and of classes in the estimators, and several targets."""

import re

import pytest

pytest.importorskip("sklearn")
np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

from sklearn.datasets import make_moons, make_regression
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.utils.class_weight import compute_sample_weight

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.sklearn import MicrogradClassifier, MicrogradRegressor

WHOLE = {"epochs": 10, "batch_size": 10_000, "validation": 0.0}  # in one batch
QUICK = {"epochs": 5, "hidden": (5,), "random_state": 0}


def make_rows(kind, count=60):
    """Return rows of a number and a text, and what is learned of them."""
    rng = np.random.default_rng(3)
    X = pd.DataFrame({"size": rng.normal(size=count), "colour": rng.choice(["red", "blue"], count)})
    numbers = X["size"] ** 2 + (X["colour"] == "red") + rng.normal(size=count) / 10
    if kind == "several":
        return MicrogradRegressor, X, np.column_stack([numbers, -30 * X["size"]])
    if kind == "number":
        return MicrogradRegressor, X, numbers.to_numpy()
    return (
        MicrogradClassifier,
        X,
        np.array(["low", "mid", "high"])[np.digitize(numbers, [0.5, 1.5])],
    )


def states(*models):
    return [model.model_.state() for model in models]


@pytest.mark.parametrize("kind", ["class", "number", "several"])
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


def test_rows_that_come_in_pieces_have_weights():
    make, X, y = make_rows("class")
    weights = np.arange(len(y)) % 3
    often = np.repeat(np.arange(len(y)), weights)
    models = [make(**{**QUICK, **WHOLE}) for _ in range(3)]
    for _ in range(3):
        models[0].partial_fit(X, y, classes=np.unique(y), sample_weight=weights)
        models[1].partial_fit(X.iloc[often], y[often], classes=np.unique(y))
        models[2].partial_fit(X, y, classes=np.unique(y), sample_weight=np.ones(len(y)))
    chances = [model.predict_proba(X) for model in models]
    assert np.allclose(chances[0], chances[1], rtol=1e-5)  # but for the eps of AdamW
    assert not np.allclose(chances[0], chances[2], rtol=1e-2)
    plain = make(**{**QUICK, **WHOLE})
    for _ in range(3):
        plain.partial_fit(X, y, classes=np.unique(y))
    assert states(plain) == states(models[2])
    # A call's weights count beside those of other calls: a heavier row has a larger loss.
    one, heavy = X.head(1), plain.partial_fit(X.head(1), y[:1], sample_weight=[8.0])
    light = models[2].partial_fit(one, y[:1])
    assert heavy.loss_curve_[-1] == pytest.approx(8 * light.loss_curve_[-1], rel=0.05)


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
    with pytest.raises(ValueError, match="class_weight='balanced' needs all rows at once"):
        make(class_weight="balanced").partial_fit(X, y, classes=np.unique(y))


def test_boosting_and_bagging_weigh_rows():
    X, y = make_moons(120, noise=0.3, random_state=0)
    weak = MicrogradClassifier(hidden=(), epochs=10, random_state=0)
    boosted = AdaBoostClassifier(weak, n_estimators=4, random_state=0).fit(X, y)
    assert len({repr(state) for state in states(*boosted.estimators_)}) == 4
    bagged = BaggingClassifier(weak, 3, random_state=0).fit(X, y, sample_weight=y + 1)
    assert bagged.score(X, y) > 0.7


def test_several_targets_are_learned_by_one_network():
    X, y = make_regression(100, 4, n_targets=3, random_state=0)
    y = pd.DataFrame(y * [1.0, 1e-3, 1e3] + [0.0, 5.0, 0.0], columns=["a", "b", "c"])
    model = MicrogradRegressor(hidden=(), epochs=200, random_state=0, validation=0.0).fit(X, y)
    assert model.predict(X).shape == (100, 3)
    assert model.score(X, y) > 0.999
    assert (model.n_outputs_, model.encoding_.target.name) == (3, "a, b, c")
    assert [model.explain(X[0], "x1", target=name).root.data for name in "abc"] == pytest.approx(
        model.predict(X[:1])[0], rel=1e-13
    )
    assert "Learning a, b, c from 4 columns" in model.page().text
    model.set_params(warm_start=True).fit(X, y).partial_fit(X, y, sample_weight=range(100))
    for call, told in (
        (lambda: model.explain(X[0]), "target is one of 'a', 'b', 'c', not None"),
        (lambda: model.fit(X, y["a"]), "y has 1 targets, where the network has 3"),
        (model.to_model, "MultiOutputRegressor(MicrogradRegressor()) has one for each"),
    ):
        with pytest.raises(InputError, match=re.escape(told)):
            call()
    each = MultiOutputRegressor(MicrogradRegressor(**QUICK)).fit(X, y)
    assert [one.to_model().encoding.target.name for one in each.estimators_] == ["y"] * 3


def test_several_classes_a_row_are_refused_with_what_to_write():
    X, y = make_moons(30, random_state=0)
    both = np.column_stack([y, 1 - y])
    told = "MultiOutputClassifier(MicrogradClassifier()) has an estimator for each"
    with pytest.raises(InputError, match=re.escape(told)):
        MicrogradClassifier().fit(X, both)
    each = MultiOutputClassifier(MicrogradClassifier(**QUICK)).fit(X, both)
    assert each.predict(X).shape == (30, 2)
