"""Surgery in a page: chosen in the picture or by name, shown against what was, and undone."""

import random

import pytest
from browser import find_violations
from graph_page import (
    build_network,
    build_three_paths,
    find_box,
    press,
    read_formulas,
    read_gradients,
    read_headline,
    read_leaves,
    read_lines,
    read_marks,
    read_sentence,
    read_step,
    set_number,
    wait_for_hash,
)

from micrograd_nn import Value, intervene
from micrograd_nn.extras.ask.surgery.surgery import tell_dead
from micrograd_nn.terminal.neurons import make_gated_neuron

NARROW = {"width": 390, "height": 844}


def read_told(page):
    return page.locator("#surgery-told").inner_text().split("\n")


def read_rows(page):
    rows = page.locator("#surgery-rows tbody tr")
    return {row[0]: tuple(row[1:]) for row in rows.evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))")}  # fmt: skip


def choose(page, title):
    """Press a node's box, as with a mouse or a finger, and return the menu that opens."""
    find_box(page, title).click()
    menu = page.get_by_role("dialog")
    menu.wait_for()
    return menu


def pin(page, title, text):
    choose(page, title).get_by_label("Pin value").fill(text)
    press(page, "Pin")


def test_a_pinned_node_is_shown_against_what_was(show):
    page = show(make_gated_neuron())
    pin(page, "u", "-1")
    surgery = intervene(make_gated_neuron(), {}).pin("u", -1.0)
    assert read_told(page) == [
        "output: 0.7311 → −0.2689",
        "u pinned to −1 (was 1)",
        *tell_dead(surgery.before, surgery.died),
    ]
    assert read_rows(page)["u"] == ("1 → −1", "0.9277 → 0.07233")
    assert read_rows(page)["x"] == ("2", "0.6958 → –")
    assert read_gradients(page) == {"x": "", "w": "", "b": ""}
    assert read_lines(page, "u") == ["u", "−1", "0.07233"]
    assert find_box(page, "u").locator(".operation").inner_html() == "pinned"
    assert {"pinned", "new-value", "new-gradient"} <= read_marks(page, "u")
    assert {"died", "new-gradient"} <= read_marks(page, "w*x")
    assert "died" not in read_marks(page, "gate")
    assert read_step(page) == 8  # the last: four values, the seed, three shares
    page.get_by_label("Step", exact=True).fill("2")
    assert read_headline(page) == "u is pinned to −1"
    assert read_sentence(page) == (
        "u is pinned: it is −1, whatever w*x and b are, and no gradient flows on from it."
    )
    assert read_formulas(page) == ["u−1pinned"]
    assert page.locator("#paths-told").inner_text() == "No paths to output."
    press(page, "Undo")
    assert read_told(page) == [""]
    assert read_lines(page, "u") == ["u", "1", "0.9277"]
    assert page.evaluate("document.activeElement.id") == "operated"


def test_an_edge_is_cut_by_keyboard(show):
    page = show(build_three_paths(), hash="step=12")
    page.locator(".edge[aria-label='from x to a']").focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("dialog", name="x → a")
    menu.wait_for()
    assert menu.evaluate("one => one === document.activeElement")
    page.keyboard.press("Escape")
    assert menu.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "from x to a"
    page.keyboard.press("Enter")
    menu.wait_for()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    assert page.locator("#surgery-refusal").inner_text().startswith("two isn't a number")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    assert menu.is_hidden()
    assert read_told(page)[:2] == ["output: 0.1534", "x → a cut"]
    edge = page.locator(".edge[aria-label='from x to a']")
    assert "cut" in edge.get_attribute("class").split()
    assert edge.locator(".local").inner_html() == "cut"
    assert page.locator("#paths button").count() == 2
    edge.focus()
    assert page.locator("#hint").inner_text() == "This edge is cut: no gradient flows back along it"
    page.get_by_label("Step", exact=True).fill("2")
    assert read_sentence(page).endswith("its number still arrives, but no gradient flows back.")


def test_a_node_is_chosen_by_its_name(show):
    page = show(build_three_paths())
    page.get_by_label("Change").fill("nobody")
    page.keyboard.press("Enter")
    assert page.get_by_label("Change").get_attribute("aria-invalid") == "true"
    told = page.locator("#operated-refusal")
    assert told.inner_text() == "No node is called nobody: there are x, w, w*x, a, v1, output."
    assert find_violations(page) == []
    page.get_by_label("Change").fill("a")
    assert told.inner_text() == "", "nothing is wrong with what is being typed"
    page.keyboard.press("Enter")
    menu = page.get_by_role("dialog", name="a = 0.4621")
    menu.get_by_label("Swap with").fill("z")
    press(page, "Swap")
    assert "No node is called z: there are x" in menu.locator("#surgery-refusal").inner_text()
    menu.get_by_label("Swap with").fill("x")
    press(page, "Swap")
    surgery = intervene(build_three_paths(), {}).swap("a", "x")
    expected = f"{surgery.root.data:.4g}".replace("-", "−")
    assert read_told(page)[:3] == [
        f"output: 0.1534 → {expected}", "a swapped with x: 0.5 (was 0.4621) and 0.4621 (was 0.5)",
    ]  # fmt: skip
    assert page.get_by_label("x, number").is_disabled()
    assert read_leaves(page)["x"][0] == surgery.before.numbers[surgery.find("a", "test")]
    assert not page.get_by_label("w, number").is_disabled()
    press(page, "Undo all")
    assert not page.get_by_label("x, number").is_disabled()
    assert read_leaves(page)["x"][0] == 0.5


def build_batch(count=20):
    rng = random.Random(5)
    w, b = Value(0.5, "w"), Value(-0.25, "b")
    losses = [((w * rng.uniform(-1, 1) + b).tanh() - rng.uniform(-1, 1)) ** 2 for _ in range(count)]
    loss = sum(losses[1:], losses[0])
    loss.label = "loss"
    return loss


def test_a_node_swaps_its_number_with_that_of_another_repetition(show):
    loss = build_batch()
    page = show(loss)
    page.locator("#repetition").fill("7")
    page.locator("#repetition").dispatch_event("change")
    tanhs = [node for node in intervene(loss, {}).before.nodes if node.operation is not None
             and node.operation.name == "tanh"]  # fmt: skip
    before = intervene(loss, {})
    box = find_box(page, before.before.names[tanhs[6]])
    box.click()
    menu = page.get_by_role("dialog")
    menu.wait_for()
    assert menu.locator("#swap-more").inner_text() == "of 20, this is 7"
    menu.get_by_label("Swap with repetition").fill("21")
    press(page, "Swap")
    assert menu.locator("#surgery-refusal").inner_text().endswith("among 1 to 20.")
    menu.get_by_label("Swap with repetition").fill("3")
    press(page, "Swap")
    surgery = before.swap(tanhs[6], tanhs[2])
    told = read_told(page)
    both = surgery.difference.title.removeprefix("loss: ")
    assert told[0] == f"loss: {both}"
    assert told[1:3] == list(surgery.difference.told[:2])
    press(page, "Undo all")
    assert page.locator("#result").inner_text() == f"loss = {loss.data:.4g}"


def wait_until_heard(page, step):
    """Return what a host has heard last, once that is a step."""
    for _ in range(100):
        states = page.evaluate("window.heard.flatMap(({ state }) => state ?? [])")
        if states and states[-1]["step"] == step:
            return states[-1]
        page.wait_for_timeout(50)
    raise AssertionError(states)


def test_a_host_goes_on_with_its_step_and_inputs(show):
    page = show(make_gated_neuron())
    page.evaluate(
        """() => {
          const { port1, port2 } = new MessageChannel();
          window.heard = [];
          window.port = port1;
          port1.onmessage = ({ data }) => window.heard.push(data);
          window.postMessage("micrograd_nn", "*", [port2]);
        }"""
    )
    pin(page, "u", "-1")
    state = wait_until_heard(page, 8)
    assert state["inputs"] == {"x": "2", "w": "0.75", "b": "-0.5"}
    asked = {**state, "step": 3, "inputs": {**state["inputs"], "x": "3"}}
    page.evaluate("asked => window.port.postMessage(asked)", asked)
    page.locator("#position", has_text="3").wait_for()
    assert read_told(page)[1] == "u pinned to −1 (was 1.75)"
    page.evaluate("window.heard.length = 0")
    asked["step"] = 12  # which the changed graph hasn't
    page.evaluate("asked => window.port.postMessage(asked)", asked)
    wait_until_heard(page, 8)


def test_a_link_has_what_was_done(show):
    page = show(make_gated_neuron())
    pin(page, "u", "−0,5")
    wait_for_hash(page, "#surgery=pin/u/-0.5&step=8")
    other = show(make_gated_neuron(), "surgery=pin/u/-0.5&step=8&x=3")
    assert read_told(other)[:2] == ["output: 1.491 → −0.1888", "u pinned to −0.5 (was 1.75)"]
    assert read_step(other) == 8
    assert read_step(show(make_gated_neuron(), "surgery=pin/u/-0.5&step=0")) == 0
    press(other, "First")
    wait_for_hash(other, "#x=3&surgery=pin/u/-0.5&step=0")
    wrong = show(make_gated_neuron(), "surgery=pin/nobody/1")
    assert read_step(wrong) == 0
    assert "(no node has this name)" in wrong.locator("#link-told").inner_text()
    assert read_told(wrong) == [""]


@pytest.mark.parametrize("hash", ["surgery=pin/u/-0.5", "broken=overwrite"])
def test_a_link_without_a_step_opens_where_what_follows_is_seen(show, hash):
    page = show(build_three_paths() if "broken" in hash else make_gated_neuron(), hash)
    count = page.locator("#count").inner_text()
    assert read_step(page) == int(count) > 0


def test_who_guesses_guesses_of_the_whole_graph(show):
    page = show(make_gated_neuron(), "surgery=pin/u/-0.5")
    page.get_by_label("Guess first").check()
    assert page.locator("#surgery-panel").is_hidden()
    assert page.locator("#result").inner_text() == "output = 0.7311"


def test_the_root_is_cut_and_not_pinned(show):
    page = show(make_gated_neuron())
    menu = choose(page, "output")
    assert menu.get_by_label("Pin value").is_hidden()
    told = menu.locator("#surgery-refusal")
    assert told.inner_text() == "pin takes a node before the root: behind that, nothing follows."
    press(page, "Cut u → output")
    assert read_told(page)[1] == "u → output cut"


def test_a_page_says_that_numbers_were_compared_and_stays_with_the_branch(show):
    x = Value(2.0, "x")
    y = x * 3 if x > 0 else x * 5
    page = show(y + Value(1.0, "b"))
    told = page.locator("#compared")
    assert told.inner_text().startswith("The program that recorded this graph has compared numbers")
    page.keyboard.press("End")
    set_number(page, "x", "-1")
    assert page.locator("#result").inner_text().endswith("= −2")
    assert show(Value(2.0, "x") * 3).locator("#compared").is_hidden()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(show, colours):
    page = show(make_gated_neuron(), "surgery=cut/output/0&step=9", color_scheme=colours)
    assert find_violations(page) == []
    choose(page, "u")
    assert find_violations(page) == []


def test_all_of_it_has_room_on_a_phone(show):
    model, loss, _ = build_network()
    page = show(loss, "view=node", names=model, viewport=NARROW, has_touch=True)
    page.locator(".view g.node.leaf").first.tap()
    menu = page.get_by_role("dialog")
    menu.wait_for()
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    assert 0 <= box["y"] <= NARROW["height"] - box["height"]
    heights = menu.locator("button:visible, input:visible").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    press(page, "Pin")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert page.locator("#surgery-told").is_visible()
    assert find_violations(page) == []
