"""What a fitted estimator tells of itself in scikit-learn's names, and how it is kept in files."""

import copy
import io
import pickle

import pytest

pytest.importorskip("sklearn")
np = pytest.importorskip("numpy")
joblib = pytest.importorskip("joblib")

from sklearn.base import clone
from sklearn.datasets import load_iris, load_wine

from micrograd_nn.extras.sklearn import MicrogradClassifier, MicrogradRegressor

X, Y = load_iris(return_X_y=True)
QUICK = {"random_state": 0, "hidden": (4,), "epochs": 5}
KEPT = {  # an estimator by fit, with weights, and before any training
    "fit": lambda: MicrogradClassifier(**QUICK).fit(X, Y),
    "weights": lambda: MicrogradClassifier(**QUICK).fit(X, Y, sample_weight=Y + 1),
    "numbers": lambda: MicrogradRegressor(**QUICK).fit(X, Y),
    "unfitted": lambda: MicrogradRegressor(**QUICK),
}


def by_joblib(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return joblib.load(file)


def by_skops(model):
    skops = pytest.importorskip("skops.io")
    data = skops.dumps(model)
    return skops.loads(data, trusted=skops.get_untrusted_types(data=data))


WAYS = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "joblib": by_joblib,
    "skops": by_skops,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KEPT)
def test_an_estimator_is_kept_with_its_page_and_by_itself(kind, way):
    model = KEPT[kind]()
    again = WAYS[way](model)
    assert again is not model
    assert again.get_params() == clone(model).get_params() == model.get_params()
    if kind == "unfitted":
        assert not hasattr(again, "model_")
        return
    assert again.predict(X).tolist() == model.predict(X).tolist()
    assert (again.loss_curve_, again.history) == (model.loss_curve_, model.history)
    if way != "copy":
        assert again.history.recording.model is again.model_ is not model.model_
    assert again.page().text == model.page().text
    before = copy.deepcopy((model.model_.state(), model.loss_curve_))
    again.set_params(epochs=1).fit(X, Y)
    assert (model.model_.state(), model.loss_curve_) == before != again.model_.state()


def test_what_it_tells_has_scikit_learns_names():
    model = MicrogradClassifier(**QUICK)
    for name in ("n_iter_", "loss_curve_", "best_loss_", "coefs_", "intercepts_", "n_layers_"):
        assert not hasattr(model, name)
    model.fit(X, Y)
    assert (model.n_iter_, model.n_layers_, model.n_outputs_) == (5, 3, 3)
    assert model.loss_curve_ == [epoch.loss for epoch in model.history.epochs[1:]]
    assert model.best_loss_ == model.history.best.loss
    column = model.encoding_.input_columns
    scaled = (X - [x.mean for x in column]) / [x.scale for x in column]
    (w1, w2), (b1, b2) = model.coefs_, model.intercepts_
    outputs = np.maximum(scaled @ w1 + b1, 0) @ w2 + b2
    assert outputs.argmax(axis=1).tolist() == model.predict(X).tolist()


def test_logarithms_of_probabilities_are_finite_where_these_are_0():
    model = MicrogradClassifier(**{**QUICK, "hidden": ()}).fit(X, Y)
    assert np.allclose(np.exp(model.predict_log_proba(X)), model.predict_proba(X), rtol=1e-13)
    far = X[:1] * 1e5
    assert model.predict_proba(far).min() == 0
    assert np.isfinite(model.predict_log_proba(far)).all()
    assert model.predict_log_proba(far).min() < -1000


def test_an_explanation_is_ten_lines_and_has_its_details():
    data = load_wine(as_frame=True)
    model = MicrogradClassifier(random_state=0, epochs=5).fit(data.data, data.target)
    found = model.explain(data.data.iloc[[0]])
    heading, _, *rows, left, paths, difference = str(found).splitlines()
    assert heading == f"{found.describe_gradient()}."
    assert (len(rows), left) == (5, "  8 other inputs, by which it changes less")
    name, effect = rows[0].split()
    column = {column.name: column for column in model.encoding_.input_columns}[name]
    assert (name, column.scale * found.gradient) == (found.wrt.label, found.effects[name])
    assert float(effect.replace("−", "-")) == pytest.approx(found.effects[name], rel=1e-3)
    assert sorted(found.effects.values(), key=abs)[-1] == found.effects[name]
    assert "details() has the largest, with the chain rule." in paths
    assert difference.startswith("Finite difference: ")
    assert found.details().count("\n") > 30
    assert found._repr_markdown_().startswith("The gradient of target=0 by ")
    assert repr(found).endswith("; details() is all of it>")
