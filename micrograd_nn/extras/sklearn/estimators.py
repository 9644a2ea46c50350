"""The two estimators: what tells classes and numbers apart, and a prediction explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ..._ground.text import InputError, count_things, format_number, make_printable, quote_text
from ...engine.setting import graphs
from ...engine.table import softmax
from ...engine.value import Value
from ...explain.explanation import Explanation, escape_markdown
from ...graph.graph import Graph
from ...graph.paths import format_count
from ...nn import MLP
from ..tables.columns import NumericColumn, TextColumn
from ..tables.encoding import Encoding, measure_probabilities
from ..tables.table import list_quoted
from .estimator import MicrogradEstimator
from .reading import encode_features, find_labels, read_row, require_targets
from .weights import Weights, learn_numbers

NamedInputs = dict[str, tuple[Value, float]]  # by name, each with what it changes by in training
SHOWN_INPUTS = 5  # by which a prediction changes most


class MicrogradClassifier(ClassifierMixin, MicrogradEstimator):
    """A network that learns classes, with scikit-learn's methods.

    >>> from micrograd_nn.extras.sklearn import MicrogradClassifier
    >>> X, y = [[120], [99], [125], [95], [122], [97]], ["apple", "pear"] * 3
    >>> model = MicrogradClassifier(hidden=(), random_state=0).fit(X, y)
    >>> model.predict([[98], [124]]).tolist(), model.classes_.tolist()
    (['pear', 'apple'], ['apple', 'pear'])

    The choices are those of ``micrograd-nn train``, and so are the defaults; ``random_state`` is
    its seed. Numbers are standardised, and a DataFrame's texts one-hot, by what the rows that are
    trained on say. ``record`` keeps the weights and the rows of the training for its ``page``.

    Once fitted, it has ``classes_``, ``n_features_in_``, of a DataFrame ``feature_names_in_``, the
    network ``model_``, what it learned of the columns, ``encoding_``, and ``history_``.

    ``class_weight`` says how much the rows of a class count beside the others: a dictionary, in
    which a class that isn't there has 1, or "balanced", by which all classes count the same.

    Of one class alone nothing can be learned:

    >>> MicrogradClassifier().fit([[1], [2]], ["apple", "apple"])
    Traceback (most recent call last):
    micrograd_nn.InputError: y has only one class, 'apple': add rows with another
    """

    def __init__(
        self,
        hidden: Sequence[int] = (32,),
        activation: str = "relu",
        *,
        epochs: int | None = None,
        batch_size: int = 16,
        lr: float = 0.01,
        patience: int | None = 30,
        validation: float = 0.2,
        weight_decay: float | None = None,
        class_weight: Any = None,
        random_state: Any = None,
        record: bool | int = True,
        verbose: bool = False,
    ) -> None:
        super().__init__(
            hidden, activation, epochs=epochs, batch_size=batch_size, lr=lr, patience=patience,
            validation=validation, weight_decay=weight_decay, random_state=random_state,
            record=record, verbose=verbose,
        )  # fmt: skip
        self.class_weight = class_weight

    def predict(self, X: Any) -> Any:
        """Return the class of each row: the first with the largest output."""
        outputs = self._compute(X)
        return self.classes_[[numbers.index(max(numbers)) for numbers in outputs]]

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class, a row each, in the order of ``classes_``."""
        return np.array([measure_probabilities(numbers) for numbers in self._compute(X)])

    def predict_log_proba(self, X: Any) -> Any:
        """Return the logarithm of each probability, also of one that is too small for a float."""
        outputs = np.array(self._compute(X))
        above = outputs - outputs.max(axis=1, keepdims=True)
        return above - np.log(np.exp(above).sum(axis=1, keepdims=True))

    def explain(self, row: Any, by: str | None = None, *, label: Any = None) -> Explained:
        """Explain how much the probability of a row's class changes with one of its columns.

        >>> X, y = [[120, 3], [99, 5], [125, 4], [95, 4]], ["apple", "pear", "apple", "pear"]
        >>> model = MicrogradClassifier(hidden=(), random_state=0).fit(X, y)
        >>> model.explain([100, 3], by="x1").describe_gradient()
        'The gradient of y=apple by x1 is −0.7669'

        ``row`` is a list, a dictionary by column or one row of a DataFrame. ``by`` is the column's
        name, of texts "colour=red"; by itself it is that by whose scale the probability changes
        most. ``label`` is the class, by itself the one that is predicted.
        """
        check_is_fitted(self)
        with graphs():
            outputs, named = record_row(row, self.model_, self.encoding_)
            for output, name in zip(outputs, self.classes_, strict=True):
                output.label = f"output for {name}"
            numbers = [output.data for output in outputs]
            self.encoding_.decode(numbers)
            place = numbers.index(max(numbers))
            if label is not None:
                place = find_labels([label], self.classes_)[0]
            root = softmax(outputs)[place]
            root.label = f"{self.encoding_.target.name}={self.classes_[place]}"
            return explain_prediction(root, self.model_, named, by)

    def _read_targets(self, y: Any) -> list[int]:
        y = require_targets(self, y, None)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            only = quote_text(self.classes_.tolist()[0])
            raise InputError(f"y has only one class, {only}: add rows with another")
        return find_labels(y.tolist(), self.classes_)

    def _weigh(self, targets: Sequence[int], weights: Any) -> Any:
        if self.class_weight is None:
            return weights
        places = np.array(targets)
        weights = np.ones(len(places)) if weights is None else weights
        if isinstance(self.class_weight, str) and self.class_weight == "balanced":
            totals = np.bincount(places, weights, minlength=len(self.classes_))
            return weights / np.where(totals, totals, 1.0)[places]
        y = self.classes_[places]
        return weights * compute_class_weight(self.class_weight, classes=self.classes_, y=y)[places]

    def _learn_target(self, name: str, targets: Sequence[int], weights: Weights) -> TextColumn:
        return TextColumn(name, tuple([str(label) for label in self.classes_.tolist()]))


class MicrogradRegressor(RegressorMixin, MicrogradEstimator):
    """A network that learns numbers, with scikit-learn's methods.

    >>> from micrograd_nn.extras.sklearn import MicrogradRegressor
    >>> X, y = [[x] for x in range(20)], [2 * x + 1 for x in range(20)]
    >>> model = MicrogradRegressor(hidden=(), random_state=0, epochs=1000).fit(X, y)
    >>> model.predict([[30]]).round(1).tolist()
    [61.0]

    The choices and what it has once fitted are as for ``MicrogradClassifier``.
    """

    def predict(self, X: Any) -> Any:
        """Return the number of each row."""
        return np.array([self.encoding_.decode(outputs) for outputs in self._compute(X)])

    def explain(self, row: Any, by: str | None = None) -> Explained:
        """Explain how much a row's prediction changes with one of its columns.

        ``row`` and ``by`` are as for ``MicrogradClassifier``.
        """
        check_is_fitted(self)
        column: Any = self.encoding_.target
        with graphs():
            outputs, named = record_row(row, self.model_, self.encoding_)
            self.encoding_.decode([output.data for output in outputs])
            root = outputs[0] * column.scale + column.mean
            root.label = column.name
            return explain_prediction(root, self.model_, named, by)

    def _read_targets(self, y: Any) -> list[float]:
        return require_targets(self, y, np.float64).tolist()  # type: ignore[no-any-return]

    def _learn_target(self, name: str, targets: Sequence[float], weights: Weights) -> NumericColumn:
        return learn_numbers(name, targets, weights, f"y, {quote_text(name)}")


class Explained(Explanation):
    """An explanation in some ten lines, since a network has thousands of paths.

    ``details()`` is all of it; ``effects`` has each input's gradient times its usual change: the
    standard deviation of a number in training, 1 of a text.
    """

    def __init__(self, graph: Graph, wrt: Value, effects: dict[str, float]) -> None:
        super().__init__(graph, wrt)
        self.effects = effects

    def __repr__(self) -> str:
        return f"<Explained: {self.describe_gradient()}; details() is all of it>"

    def __str__(self) -> str:
        return "\n".join(self.list_lines())

    def _repr_markdown_(self) -> str:
        return "".join([f"{escape_markdown(line.strip())}  \n" for line in self.list_lines()])

    def details(self) -> str:
        """Return the explanation in full: the ledger, the largest paths, and the chain rule."""
        return super().__str__()

    def list_lines(self) -> list[str]:
        """Return what it says, by line."""
        ranked = sorted(self.effects.items(), key=lambda item: -abs(item[1]))
        shown = [(make_printable(name), x) for name, x in ranked[:SHOWN_INPUTS]]
        width = max([len(name) for name, _ in shown])
        left = count_things(len(ranked) - len(shown), "other input")
        ends = f"from {self.names[self.wrt]} to {self.names[self.root]}"
        paths = "1 path" if self.path_count == 1 else f"{format_count(self.path_count)} paths"
        lines = [
            f"{self.describe_gradient()}.",
            "Gradient × usual change (of a number its standard deviation, of a text 1):",
            *[f"  {name.ljust(width)}  {format_number(x + 0.0)}" for name, x in shown],
        ]
        if len(ranked) > len(shown):
            lines.append(f"  {left}, by which it changes less")
        lines.append(f"{paths} {ends}: details() has the largest, with the chain rule.")
        if self.kinks:
            lines.append(f"{count_things(len(self.kinks), 'node')} on the way at a kink.")
        return [*lines, self.list_remarks()[0]]


def record_row(row: Any, model: MLP, encoding: Encoding) -> tuple[list[Value], NamedInputs]:
    """Return the graph's outputs for a row, and its inputs, in the columns' own units."""
    known = encoding.input_columns
    cells = read_row(row, known)
    encode_features(known, cells)  # which refuses what no training row has
    named: NamedInputs = {}
    inputs = []
    for column in known:
        cell: Any = cells[column.name][0]
        if isinstance(column, NumericColumn):
            x = add_input(named, column.name, cell, column.scale)
            scaled = (x - column.mean) / column.scale
            scaled.label = f"scaled {column.name}"
            inputs.append(scaled)
            continue
        for category in column.categories:
            name = f"{column.name}={category}"
            inputs.append(add_input(named, name, float(cell == category), 1.0))
    outputs = model(inputs)
    return outputs if isinstance(outputs, list) else [outputs], named


def add_input(named: NamedInputs, name: str, number: float, scale: float) -> Value:
    """Return an input, added by its name, which may be no other's."""
    if name in named:
        raise InputError(f"two inputs are named {quote_text(name)}: rename a column")
    named[name] = x, _ = Value(number, name), scale
    return x


def explain_prediction(root: Value, model: MLP, named: NamedInputs, by: str | None) -> Explained:
    """Explain what a prediction owes to one input, by itself to that which it changes most with."""
    graph = Graph(root, model)
    effects = {name: graph.gradients.get(x, 0.0) * scale for name, (x, scale) in named.items()}
    chosen = max(effects, key=lambda name: abs(effects[name])) if by is None else by
    if chosen not in named:
        known = list_quoted([*named])
        raise InputError(f"there is no input {quote_text(chosen)}: choose from {known}")
    return Explained(graph, named[chosen][0], effects)
