"""All of scikit-learn's own checks of an estimator, on both of ours, trained briefly."""

import pytest

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import parametrize_with_checks

from micrograd_nn.sklearn import MicrogradClassifier, MicrogradRegressor


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([MicrogradClassifier(epochs=20), MicrogradRegressor(epochs=20)])
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)
