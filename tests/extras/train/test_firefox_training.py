"""What the page of a training promises, in Firefox: some of the other files' tests once more."""

import pytest
from graph_page import press
from test_page_sketch import (  # noqa: F401 (what is imported here is run again, in Firefox)
    test_a_step_of_ascent_goes_along_the_slopes_as_far_as_paper_and_ink_go,
    test_keys_draw_and_leave_the_epoch_alone,
    test_one_draws_erases_and_comes_back,
)
from test_training_page import (  # noqa: F401 (run again)
    files,
    outputs_at,
    shown_epoch,
    take_weights,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("rare_if_imported")]


@pytest.fixture(scope="session")
def browser(firefox):
    return firefox


def test_a_training_plays_and_predicts_as_the_model_does(visit, files):  # noqa: F811 (its fixture)
    path, history = files("moons")
    page = visit(path, hash="epoch=0")
    press(page, "Play")
    page.locator("#position", has_text="2").wait_for()
    press(page, "Pause")
    model = take_weights(history, shown_epoch(page))
    outputs, asked = outputs_at(page, x1=-0.3, x2=0.9)
    expected = model([asked["x1"], asked["x2"]]).data
    assert outputs == pytest.approx([expected], rel=1e-9)
