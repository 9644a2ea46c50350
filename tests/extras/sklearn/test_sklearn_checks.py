"""All of scikit-learn's own checks of an estimator, on both of ours, trained briefly."""

import pytest

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import (
    check_sample_weight_equivalence_on_dense_data,
    parametrize_with_checks,
)

from micrograd_nn.extras.sklearn import MicrogradClassifier, MicrogradRegressor

KINDS = MicrogradClassifier, MicrogradRegressor
DRAWN = "which rows meet in a batch, and which choose the epoch, is drawn by their number"


def expect_failures(estimator):
    return {"check_sample_weight_equivalence_on_dense_data": DRAWN}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks(
    [kind(epochs=20) for kind in KINDS], expected_failed_checks=expect_failures
)
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)


@pytest.mark.parametrize("kind", KINDS)
def test_in_one_batch_a_row_of_weight_2_is_two_rows(kind):
    whole = kind(epochs=20, batch_size=1000, validation=0.0)
    check_sample_weight_equivalence_on_dense_data(kind.__name__, whole)
