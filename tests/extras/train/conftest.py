"""What the tests of a training's page share."""

import pytest

from micrograd_nn.extras.train.pages.training import build_training


@pytest.fixture
def show_training(visit, tmp_path):
    """Return a function that shows the page of a training."""

    def show_training(history, page_options=None, **options):
        path = tmp_path / "training.html"
        build_training(history, **(page_options or {})).save(path)
        return visit(path, **options)

    return show_training
