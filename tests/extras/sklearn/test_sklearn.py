"""The estimators for scikit-learn: what they learn, what they say, and what they refuse."""

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sklearn")
np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

from places import ROOT
from sklearn import multioutput
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from micrograd_nn import export, load_model
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.sklearn import MicrogradClassifier, MicrogradRegressor
from micrograd_nn.extras.tables import train_table

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(scope="module")
def iris():
    """Return Fisher's flowers: a DataFrame of numbers, and their species."""
    table = pd.read_csv(ROOT / "demos" / "iris.csv")
    return table.drop(columns="species"), table["species"]


def make_fruit(count, seed=0):
    """Return fruit as a DataFrame of numbers, texts, categories and truth values; their prices."""
    rng = random.Random(seed)
    X = pd.DataFrame({
        "weight": [rng.gauss(100, 20) for _ in range(count)],
        "colour": rng.choices(["red", "green"], k=count),
        "class": pd.Categorical(rng.choices([1, 2, 3], k=count)),
        "ripe": [rng.random() < 0.5 for _ in range(count)],
    })  # fmt: skip
    rows = zip(X["weight"], X["colour"] == "red", X["class"].astype(int), X["ripe"], strict=True)
    prices = [w + 30 * red + 5 * kind - 10 * ripe for w, red, kind, ripe in rows]
    return X, pd.Series(prices, name="price")


def learn(X, y, **choices):
    """Return an estimator of the right kind, trained quickly."""
    kind = MicrogradRegressor if np.asarray(y).dtype.kind == "f" else MicrogradClassifier
    return kind(**{"random_state": 0, "hidden": (4,), "epochs": 5, **choices}).fit(X, y)


def test_the_same_rows_give_the_same_weights_as_a_table_does(iris):
    trained = train_table(ROOT / "demos" / "iris.csv", "species", hidden=[32], epochs=4)
    model = MicrogradClassifier(random_state=0, epochs=4).fit(*iris)
    assert model.model_.state() == trained.model.state()
    assert model.encoding_ == trained.encoding
    assert [e.loss for e in model.history.epochs] == [e.loss for e in trained.history.epochs]
    assert model.predict(iris[0].head(3)).tolist() == [
        trained.predict(row) for row in iris[0].head(3).to_dict("records")
    ]


def test_a_table_of_texts_and_a_number_to_predict_gives_the_same_weights_too():
    X, y = make_fruit(50)
    X = X[["weight", "colour"]]
    X.assign(price=y).to_csv("fruit.csv", index=False)
    choices = {"hidden": [5], "activation": "tanh", "epochs": 3, "batch_size": 7, "lr": 0.02}
    trained = train_table("fruit.csv", "price", seed=3, validation=0.3, **choices)
    model = MicrogradRegressor(random_state=3, validation=0.3, **choices).fit(X, y)
    assert model.model_.state() == trained.model.state()
    assert model.encoding_ == trained.encoding
    assert model.predict(X.head(1)).tolist() == [trained.predict(X.iloc[0].to_dict())]


def test_an_array_teaches_what_a_dataframe_of_numbers_does(iris):
    of_frame, of_array = learn(*iris), learn(iris[0].to_numpy(), iris[1].to_numpy())
    assert of_frame.model_.state() == of_array.model_.state()
    assert of_frame.feature_names_in_.tolist() == [*iris[0].columns]
    assert not hasattr(of_array, "feature_names_in_")
    assert [column.name for column in of_array.encoding_.input_columns] == ["x0", "x1", "x2", "x3"]
    assert (of_frame.n_features_in_, of_array.encoding_.target.name) == (4, "y")


def test_defaults_learn_a_table_of_texts_and_numbers():
    X, y = make_fruit(120)
    model = MicrogradRegressor(random_state=0).fit(X.head(100), y.head(100))
    assert model.score(X.tail(20), y.tail(20)) > 0.95
    _, colour, kind, ripe = model.encoding_.input_columns
    assert (colour.categories, kind.categories) == (("green", "red"), ("1", "2", "3"))
    assert 0 < ripe.mean < 1
    assert model.encoding_.target.name == "price"


@pytest.mark.parametrize("labels", [["a", "b", "c"], [3, 10, 2], [0.5, 2.0, -1.0]])
def test_classes_are_of_any_kind_and_in_numpys_order(labels):
    X = [[i % 3, i % 2] for i in range(30)]
    y = [labels[i % 3] for i in range(30)]
    model = learn(X, np.array(y, dtype=object) if isinstance(labels[0], str) else y, epochs=200)
    if isinstance(model, MicrogradRegressor):
        model = MicrogradClassifier(random_state=0, epochs=200).fit(X, [str(label) for label in y])
        labels = [str(label) for label in labels]
    assert model.classes_.tolist() == sorted(labels)
    assert model.predict(X[:3]).tolist() == labels
    chances = model.predict_proba(X[:3])
    assert chances.argmax(axis=1).tolist() == [sorted(labels).index(label) for label in labels]
    assert np.allclose(chances.sum(axis=1), 1.0, rtol=1e-15)


def test_two_truth_values_are_classes():
    X, y = [[i] for i in range(20)], [i > 9 for i in range(20)]
    model = MicrogradClassifier(random_state=0).fit(X, y)
    assert model.predict([[1], [18]]).tolist() == [False, True]
    assert model.encoding_.target.categories == ("False", "True")


def test_a_text_and_a_class_of_one_row_are_trained_on():
    X, y = make_fruit(40)
    y = pd.Series(["dear" if price > 130 else "cheap" for price in y])
    for place in range(0, 40, 6):
        rare = X.assign(colour=["red"] * place + ["blue"] + ["red"] * (39 - place))
        model = learn(rare, y.where(y.index != place, "free"), epochs=1)
        assert model.encoding_.input_columns[1].categories == ("blue", "red")
        assert model.classes_.tolist() == ["cheap", "dear", "free"]


def test_a_target_that_never_changes_is_predicted():
    assert learn([[1.0], [2.0], [4.0]], [7.5] * 3, hidden=()).predict([[3.0]]).tolist() == [7.5]


REFUSED = {
    "texts never seen": (
        lambda X: X.assign(colour="blue"),
        "X, row 0, column 'colour': 'blue' was never seen in training, only 'green', 'red'",
    ),
    "missing texts": (
        lambda X: X.assign(colour=[None, *X["colour"][1:]]),
        "isn't text, as the column's cells are: fill it in, or leave the row out",
    ),
    "missing numbers": (
        lambda X: X.assign(weight=np.nan),
        "Input X, column 'weight', contains NaN.",
    ),
    "numbers from afar": (
        lambda X: X.assign(weight=1e308),
        "X, column 'weight': 1e+308 is too far from the mean",
    ),
    "no rows": (lambda X: X.head(0), "Found array with 0 sample(s) (shape=(0, 4))"),
}


@pytest.mark.parametrize(("change", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_predicted_is_refused(change, told):
    X, y = make_fruit(30)
    X["weight"] /= 1e6  # whose scale is small, so that a float may be beyond all steps
    model = learn(X, y, epochs=1)
    with pytest.raises(ValueError, match=re.escape(told)):
        model.predict(change(X))


BAD = {
    "periods": (
        {}, lambda X, y: (X.assign(when=pd.Period("2020", "D")), y),
        "X, column 'when': dates: make numbers of them before",
    ),
    "dates": (
        {}, lambda X, y: (X.assign(when=pd.Timestamp(0)), y),
        "X, column 'when': dates: make numbers of them before",
    ),
    "names of rows": (
        {}, lambda X, y: (X.assign(id=[f"a{i}" for i in range(len(X))]), y),
        "X, column 'id': 30 different texts in 30 rows tell a network nothing: leave the column "
        "out, or encode it before",
    ),
    "texts among numbers": (
        {}, lambda X, y: (X.assign(weight=[*X["weight"][1:], "heavy"]), y), "X, row 0, column",
    ),
    "a column without a name": (
        {}, lambda X, y: (X.set_axis(["a", "b", "c", ""], axis=1), y),
        "X: a column has no name: rename one",
    ),
    "too few targets": (
        {}, lambda X, y: (X, y[1:]), "Found input variables with inconsistent numbers of samples",
    ),
    "no targets": ({}, lambda X, y: (X, None), "This MicrogradRegressor estimator requires y"),
    "an unknown activation": (
        {"activation": "rlu"}, lambda X, y: (X, y), "there is no activation 'rlu': choose from",
    ),
    "no list of layers": (
        {"hidden": 3}, lambda X, y: (X, y), "hidden: 3 is not a list of layers' sizes",
    ),
    "a step backwards": (
        {"lr": -1}, lambda X, y: (X, y), "lr: -1.0 is not a number above 0",
    ),
    "half an epoch": (
        {"epochs": 2.5}, lambda X, y: (X, y), "epochs: 2.5 is not a whole number from 1 up",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("choices", "change", "told"), BAD.values(), ids=BAD)
def test_what_is_refused_changes_nothing(choices, change, told):
    X, y = make_fruit(30)
    model = learn(X, y, epochs=1)
    before = model.predict(X)
    with pytest.raises((ValueError, TypeError), match=re.escape(told)):
        model.set_params(**choices).fit(*change(X, y))
    assert model.predict(X).tolist() == before.tolist()
    fresh = MicrogradRegressor(**choices)
    with pytest.raises((ValueError, TypeError)):
        fresh.fit(*change(X, y))
    with pytest.raises(NotFittedError):
        fresh.predict(X)


def test_a_loss_beyond_all_bounds_is_a_warning_and_leaves_the_best_weights():
    X, y = make_fruit(30)
    model = MicrogradRegressor(random_state=0, lr=1e8)
    told = r"stopped after epoch \d+: (.*square|the loss).* Kept is the best, epoch \d"
    with pytest.warns(ConvergenceWarning, match=told):
        model.fit(X, y)
    assert np.isfinite(model.predict(X)).all()
    with pytest.raises(InputError, match="stopped before the first epoch was done"):
        clone(model).set_params(lr=1e80).fit(X, y)


def test_ctrl_c_leaves_the_best_weights_and_before_an_epoch_nothing(iris, monkeypatch):
    from micrograd_nn.extras.train.run import Run

    model, measure = MicrogradClassifier(random_state=0), Run.measure
    for number in (1, 4):

        def stop(self, epoch, *more, number=number):
            if epoch == number:
                raise KeyboardInterrupt
            return measure(self, epoch, *more)

        monkeypatch.setattr(Run, "measure", stop)
        with pytest.raises(KeyboardInterrupt):
            model.fit(*iris)
        assert hasattr(model, "model_") == (number == 4)
    assert model.history.stopped == "Ctrl-C"
    assert model.history.epochs[-1].number == 3
    assert model.score(*iris) > 0.5


def test_the_page_replays_the_training(iris):
    model = learn(*iris)
    assert repr(model.page("training.html")) == "wrote training.html"
    text = Path("training.html").read_text(encoding="utf-8")
    assert "Learning species from 4 columns" in text
    assert "petal_width" in text
    with pytest.raises(ValueError, match="page replays what fit recorded"):
        learn(*iris, record=False).page()


@pytest.mark.parametrize("make", [MicrogradClassifier, MicrogradRegressor])
def test_several_targets_are_an_estimator_for_each(make, iris):
    X, kind = iris[0], make.__name__.removeprefix("Micrograd")
    both = np.column_stack([X["petal_width"] > 1, X["petal_length"] > 4])
    told = f"y has 2 columns, where a row has one target: MultiOutput{kind}({make.__name__}()) has"
    with pytest.raises(InputError, match=re.escape(told)):
        make().fit(X, both)
    several = getattr(multioutput, f"MultiOutput{kind}")
    each = several(make(random_state=0, hidden=(4,), epochs=5)).fit(X, both)
    assert each.predict(X).shape == both.shape


def test_what_it_learned_is_saved_and_exported_for_all_commands():
    X, y = make_fruit(60)
    model = learn(X, y, patience=None, lr=np.float64(0.01), hidden=(np.int64(4),), batch_size=9)
    saved = model.to_model()
    saved.save("fruit.json")
    loaded = load_model("fruit.json")
    assert (loaded.model.state(), loaded.encoding) == (model.model_.state(), model.encoding_)
    export(loaded, "fruit.py")
    row = {"weight": 120.5, "colour": "red", "class": "2", "ripe": 1.0}
    program = f"import fruit; print(fruit.predict({row!r}))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    X.loc[0] = [120.5, "red", 2, True]
    assert float(told.stdout) == model.predict(X.head(1))[0]
    model.fit(X, y)
    assert saved.model.state() == loaded.model.state()  # a copy
    rows = X.assign(ripe=X["ripe"].astype(float), price=y)
    rows.to_csv("fruit.csv", index=False)
    command = ["train", "fruit.csv", "--resume", "fruit.json", "--epochs", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "micrograd_nn", *command], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("by", ["weight", "ripe", None])
def test_a_prediction_is_explained_by_its_columns(by):
    X, y = make_fruit(60)
    model = learn(X, y)
    row = X.head(1).astype({"weight": float, "ripe": float})
    found = model.explain(row, by=by)
    assert found.root.data == model.predict(row)[0]
    assert found.difference.verdict == "agrees"
    name = found.wrt.label
    assert name in ("weight", "ripe", "colour=red", "colour=green")
    if by:
        up, down = (
            model.predict(row.assign(**{name: row[name] + step}))[0] for step in (1e-6, -1e-6)
        )
        assert found.gradient == pytest.approx((up - down) / 2e-6, rel=1e-6)
    for same in (row.iloc[0], row.iloc[0].to_dict(), row.iloc[0].tolist(), row.to_numpy()):
        assert model.explain(same, by=by).gradient == found.gradient


def test_a_class_is_explained_by_its_probability(iris):
    model, row = learn(*iris), iris[0].iloc[70]
    chances = dict(zip(model.classes_, model.predict_proba(iris[0].iloc[[70]])[0], strict=True))
    found = model.explain(row)
    assert found.root.data == pytest.approx(max(chances.values()), rel=1e-14)
    assert found.root.label == f"species={model.predict(iris[0].iloc[[70]])[0]}"
    assert "output for setosa ← " in model.explain(row, label="setosa").details()
    assert " ← scaled petal_width ← v" in model.explain(row, by="petal_width").details()
    other = model.explain(row, by="petal_width", label="setosa")
    assert other.root.data == pytest.approx(chances["setosa"], rel=1e-14)
    assert other.difference.verdict == "agrees"
    gradients = [model.explain(row, by="petal_width", label=x).gradient for x in model.classes_]
    assert sum(gradients) == pytest.approx(0.0, abs=1e-15)


def test_what_cannot_be_explained_is_refused(iris):
    X, y = make_fruit(30)
    model = learn(X, y, epochs=1)
    for row, by, told in (
        (X.iloc[0], "colour", "there is no input 'colour': choose from 'weight', 'colour=green'"),
        ([1, 2], None, "a row of 2 cells, where the columns are 'weight', 'colour', 'class'"),
        ({"weight": 1.0}, None, "the row lacks 'colour', 'class', 'ripe'"),
        (X.head(1).set_axis(list("abcd"), axis=1), None, "the row lacks 'weight', 'colour'"),
        (X.head(2), None, "2 rows, where one is to be explained: give one"),
        ([100, "blue", 1, True], None, "X, row 0, column 'colour': 'blue' was never seen"),
    ):
        with pytest.raises(InputError, match=re.escape(told)):
            model.explain(row, by=by)
    with pytest.raises(InputError, match="'rose' is none of the classes"):
        learn(*iris, epochs=1).explain(iris[0].iloc[0], label="rose")
    with pytest.raises(NotFittedError):
        MicrogradRegressor().explain([1.0])


def test_it_works_at_the_end_of_a_pipeline_that_hands_on_dataframes():
    X, y = make_fruit(60)
    scale = ColumnTransformer([("scaled", StandardScaler(), ["weight"])], remainder="passthrough",
                              verbose_feature_names_out=False)  # fmt: skip
    line = make_pipeline(scale, MicrogradRegressor(random_state=0, hidden=(4,), epochs=5))
    line.set_output(transform="pandas").fit(X, y)
    assert line[-1].feature_names_in_.tolist() == ["weight", "colour", "class", "ripe"]
    assert line.predict(X).shape == (60,)


@pytest.mark.slow
def test_it_is_searched_and_cross_validated_on_two_processes(iris):
    line = make_pipeline(PolynomialFeatures(1), MicrogradClassifier(random_state=0, epochs=20))
    grid = {"microgradclassifier__hidden": [(), (8,)], "microgradclassifier__lr": [0.01, 1e-9]}
    search = GridSearchCV(line, grid, n_jobs=2, cv=3).fit(*iris)
    assert search.best_score_ > 0.85
    assert search.best_params_["microgradclassifier__lr"] == 0.01
    alone = GridSearchCV(line, grid, n_jobs=1, cv=3).fit(*iris)
    assert alone.cv_results_["mean_test_score"].tolist() == (
        search.cv_results_["mean_test_score"].tolist()
    )
    scores = cross_val_score(MicrogradClassifier(random_state=0), *iris, cv=3, n_jobs=2)
    assert scores.min() > 0.9


def test_polars_dataframes_are_read_too():
    polars = pytest.importorskip("polars")
    X, y = make_fruit(60)
    other = polars.DataFrame({name: [*X[name]] for name in X}).with_columns(
        polars.col("class").cast(polars.String).cast(polars.Categorical)
    )
    model = learn(X, y, epochs=2)
    assert learn(other, y, epochs=2).model_.state() == model.model_.state()
    assert model.explain(other.head(1)).gradient == model.explain(X.head(1)).gradient


@pytest.mark.parametrize("names", [["a", "a"], ["a", "b", "c", "a"]])
def test_columns_of_one_name_are_refused(names):
    X, y = make_fruit(20)
    twice = X[["weight", "ripe"] if len(names) == 2 else [*X]].set_axis(names, axis=1)
    with pytest.raises(ValueError, match=r"columns are both named 'a'|unique column names"):
        learn(twice, y)


def test_a_target_of_a_columns_name_gets_another():
    X, y = make_fruit(20)
    assert learn(X, y.rename("weight"), epochs=1).encoding_.target.name == "weight_"


def test_two_inputs_of_one_name_cannot_be_explained():
    X, y = make_fruit(20)
    model = learn(X.assign(**{"colour=red": X["weight"]}), y, epochs=1)
    with pytest.raises(InputError, match="two inputs are named 'colour=red': rename a column"):
        model.explain({**X.iloc[0], "colour=red": 1.0})


def test_rows_that_lead_beyond_all_floats_are_refused_and_change_nothing():
    X, y = [[1.0] * 9, [2.0] * 9, [3.0] * 9], [1.0, 2.0, 4.0]
    model = MicrogradRegressor(random_state=0, activation="sin", validation=0.0).fit(X, y)
    before = model.model_.state()
    with pytest.raises(InputError, match="stopped before the first epoch was done"):
        model.set_params(lr=1e200).fit(X, y)
    assert model.model_.state() == before
    with pytest.raises(InputError, match=r"X can't be predicted \(.*are its numbers like those"):
        model.predict([[1.4e308] * 9])
