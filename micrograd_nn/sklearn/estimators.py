"""The two estimators: what tells classes and numbers apart, and a prediction explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from .._ground.text import InputError, quote_text
from ..engine.setting import graphs
from ..engine.table import softmax
from ..engine.value import Value
from ..explain import Explanation, explain
from ..graph.graph import Graph
from ..nn import MLP
from ..tables.columns import NumericColumn, TextColumn, standardise
from ..tables.encoding import Encoding, measure_probabilities
from ..tables.table import list_quoted
from .estimator import MicrogradEstimator
from .reading import encode_features, find_labels, read_row, require_targets

NamedInputs = dict[str, tuple[Value, float]]  # by name, each with what it changes by in training


class MicrogradClassifier(ClassifierMixin, MicrogradEstimator):
    """A network that learns classes, with scikit-learn's methods.

    >>> from micrograd_nn.sklearn import MicrogradClassifier
    >>> X, y = [[120], [99], [125], [95], [122], [97]], ["apple", "pear"] * 3
    >>> model = MicrogradClassifier(hidden=(), random_state=0).fit(X, y)
    >>> model.predict([[98], [124]]).tolist(), model.classes_.tolist()
    (['pear', 'apple'], ['apple', 'pear'])

    The choices are those of ``micrograd-nn train``, and so are the defaults; ``random_state`` is
    its seed. Numbers are standardised, and a DataFrame's texts one-hot, by what the rows that are
    trained on say. ``record`` keeps the weights and the rows of the training for its ``page``.

    Once fitted, it has ``classes_``, ``n_features_in_``, of a DataFrame ``feature_names_in_``, the
    network ``model_``, what it learned of the columns, ``encoding_``, and ``history_``.

    Of one class alone nothing can be learned:

    >>> MicrogradClassifier().fit([[1], [2]], ["apple", "apple"])
    Traceback (most recent call last):
    micrograd_nn.InputError: y has only one class, 'apple': add rows with another
    """

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Any:
        """Pass over rows once, and return the estimator; the first call needs all ``classes``.

        What the columns are is learned from the first call's rows, and so are their means and
        scales. Unless a ``weight_decay`` is chosen, there is none.
        """
        first = not hasattr(self, "classes_")
        if first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if not (first or classes is None or np.array_equal(self.classes_, np.unique(classes))):
            was = f"is not the same as on last call to partial_fit, was: {self.classes_!r}"
            raise ValueError(f"`classes={classes!r}` {was}")
        return self._partial_fit(X, y, classes)

    def predict(self, X: Any) -> Any:
        """Return the class of each row: the first with the largest output."""
        outputs = self._compute(X)
        return self.classes_[[numbers.index(max(numbers)) for numbers in outputs]]

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class, a row each, in the order of ``classes_``."""
        return np.array([measure_probabilities(numbers) for numbers in self._compute(X)])

    def explain(self, row: Any, by: str | None = None, *, label: Any = None) -> Explanation:
        """Explain how much the probability of a row's class changes with one of its columns.

        >>> X, y = [[120, 3], [99, 5], [125, 4], [95, 4]], ["apple", "pear", "apple", "pear"]
        >>> model = MicrogradClassifier(hidden=(), random_state=0).fit(X, y)
        >>> model.explain([100, 3], by="x1").describe_gradient()
        'The gradient of y=pear by x1 is 0.3878'

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

    def _read_targets(self, y: Any, goes_on: bool, classes: Any) -> list[int]:
        y = require_targets(self, y, None)
        check_classification_targets(y)
        if not goes_on:
            self.classes_ = np.unique(y if classes is None else classes)
            if len(self.classes_) < 2:
                only = quote_text(self.classes_.tolist()[0])
                raise InputError(f"y has only one class, {only}: add rows with another")
        return find_labels(y.tolist(), self.classes_)

    def _learn_target(self, name: str, targets: Sequence[int]) -> TextColumn:
        return TextColumn(name, tuple([str(label) for label in self.classes_.tolist()]))


class MicrogradRegressor(RegressorMixin, MicrogradEstimator):
    """A network that learns numbers, with scikit-learn's methods.

    >>> from micrograd_nn.sklearn import MicrogradRegressor
    >>> X, y = [[x] for x in range(20)], [2 * x + 1 for x in range(20)]
    >>> model = MicrogradRegressor(hidden=(), random_state=0, epochs=300).fit(X, y)
    >>> model.predict([[30]]).round(1).tolist()
    [61.0]

    The choices and what it has once fitted are as for ``MicrogradClassifier``. Several targets are
    refused, in scikit-learn's words.
    """

    def partial_fit(self, X: Any, y: Any) -> Any:
        """Pass over rows once, and return the estimator.

        What the columns are is learned from the first call's rows, and so are the means and scales
        of all, the target included. Unless a ``weight_decay`` is chosen, there is none.
        """
        return self._partial_fit(X, y)

    def predict(self, X: Any) -> Any:
        """Return the number of each row."""
        return np.array([self.encoding_.decode(numbers) for numbers in self._compute(X)])

    def explain(self, row: Any, by: str | None = None) -> Explanation:
        """Explain how much a row's prediction changes with one of its columns.

        ``row`` and ``by`` are as for ``MicrogradClassifier``.
        """
        check_is_fitted(self)
        with graphs():
            (output,), named = record_row(row, self.model_, self.encoding_)
            self.encoding_.decode([output.data])
            target: Any = self.encoding_.target
            root = output * target.scale + target.mean
            root.label = target.name
            return explain_prediction(root, self.model_, named, by)

    def _read_targets(self, y: Any, goes_on: bool, classes: Any) -> list[float]:
        numbers: list[float] = require_targets(self, y, np.float64).tolist()
        return numbers

    def _learn_target(self, name: str, targets: Sequence[float]) -> NumericColumn:
        return NumericColumn(name, *standardise(targets, "y"))


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


def explain_prediction(root: Value, model: MLP, named: NamedInputs, by: str | None) -> Explanation:
    """Explain what a prediction owes to one input, by itself to that which it changes most with."""
    graph = Graph(root, model)
    reach = {name: abs(graph.gradients.get(x, 0.0)) * scale for name, (x, scale) in named.items()}
    chosen = max(reach, key=lambda name: reach[name]) if by is None else by
    if chosen not in named:
        known = list_quoted([*named])
        raise InputError(f"there is no input {quote_text(chosen)}: choose from {known}")
    return explain(graph, named[chosen][0])
