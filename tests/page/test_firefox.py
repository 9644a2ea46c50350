"""What pages promise, in Firefox: some of its own tests, and some of the other files' once more."""

import pytest
import test_page_seen
from graph_page import read_leaves
from test_page_lesson import (  # noqa: F401 (what is imported here is run again, in Firefox)
    test_nothing_below_the_equation_moves_from_step_to_step,
    test_on_a_phone_buttons_are_large_and_in_sight,
)
from test_page_presented import (  # noqa: F401 (run again)
    test_who_presents_shows_all_operands_at_one_scale,
)
from test_page_quiz import test_a_whole_pass_is_guessed_right_by_keyboard  # noqa: F401 (run again)
from test_page_seen import (  # noqa: F401 (run again)
    make_losses,
    make_neuron,
    test_a_projector_shows_picture_step_and_equation_with_letters_one_can_read,
    test_no_digit_of_a_number_field_is_cut_off,
)
from test_page_slope import test_the_point_follows_a_finger  # noqa: F401 (run again)

from micrograd_nn.graph import Graph

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("rare_if_imported")]


@pytest.fixture(scope="session")
def browser(firefox):
    return firefox


@pytest.mark.parametrize("make", [make_neuron, lambda: make_losses(1)[0]], ids=["neuron", "MLP"])
def test_stepping_to_the_end_gives_the_gradients_of_backward(show, make):
    root = make()
    page = show(root)
    for _ in range(int(page.locator("#slider").get_attribute("max"))):
        page.keyboard.press("ArrowRight")
    assert page.locator("#position").inner_text() == page.locator("#count").inner_text()
    root.backward()
    graph, found = Graph(root), read_leaves(page)
    for leaf in graph.leaves:
        assert found[graph.names[leaf]] == pytest.approx((leaf.data, leaf.grad), rel=1e-12)


@pytest.mark.parametrize("quiz", ["", "&quiz"])
def test_a_link_lands_on_its_step_on_a_phone(show, quiz):
    test_page_seen.test_a_link_lands_on_its_step_at_once(show, 390, 844, quiz)
