"""Reading and moving the page of a graph, as somebody in front of it does."""

import random
import re

from browser import wait_until

from micrograd_nn import Value, tanh
from micrograd_nn import sum as total
from micrograd_nn.nn import MLP
from micrograd_nn.page import views

PHONE = {"width": 360, "height": 740}


def build_reused():
    """Return u + u² of u = 2x: the gradients of u and x are 13 and 26."""
    x = Value(3.0, "x")
    u = 2 * x
    p = u * u
    output = u + p
    u.label, p.label, output.label = "u", "p", "output"
    return output


def build_three_paths():
    """Return (w x) tanh(x) + x, in which three paths lead from x to the output."""
    x, w = Value(0.5, "x"), Value(-1.5, "w")
    product, a = w * x, tanh(x)
    output = product * a + x
    product.label, a.label, output.label = "w*x", "a", "output"
    return output


def build_batch(count=30):
    """Return a weight and a loss over examples, whose page folds them into one."""
    w = Value(0.5, "w")
    loss = total([(w * Value(i / 10, f"x{i}") - 1.0) ** 2 for i in range(count)])
    loss.label = "loss"
    return w, loss


def build_large(monkeypatch):
    """Return a graph of which its page has a part: a chain, and a leaf at each end."""
    monkeypatch.setattr(views, "MOST_COMPUTED", 100)
    monkeypatch.setattr(views, "MOST_ONE_BY_ONE", 20)
    y = Value(0.5, "far")
    for _ in range(200):
        y = y.sin()
    y = y * Value(2.0, "near")
    y.label = "y"
    return y


def read_step(page):
    """Return which step a page shows, as it says in two places."""
    position = page.locator("#position").inner_text()
    assert page.get_by_label("Step", exact=True).input_value() == position
    return int(position)


def press(page, *names):
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def find_choice(page, mistake):
    """Return where in the page's loop one can make a mistake."""
    return page.locator(f"#loop select:has(option[value='{mistake}'])")


def break_engine(page, *mistakes):
    for mistake in mistakes:
        find_choice(page, mistake).select_option(mistake)


def mend_engine(page, mistake):
    find_choice(page, mistake).select_option("")


def read_headline(page):
    return page.locator("#headline").inner_text()


def read_sentence(page):
    """Return the explanation of a step, which may be folded."""
    return page.locator("#sentence").text_content()


def read_formulas(page):
    """Return the formulas of a step, a line each without spaces."""
    texts = page.locator("#formula math").evaluate_all("all => all.map((one) => one.textContent)")
    return ["".join(text.split()) for text in texts]


def settle(page):
    """Wait for the frame in which a page shows what came of its inputs."""
    page.evaluate("new Promise(requestAnimationFrame)")


def set_number(page, name, text):
    page.get_by_label(f"{name}, number", exact=True).fill(text)
    settle(page)


def unfold(page):
    """Open all groups of inputs, which are painted then."""
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    settle(page)


def read_leaves(page):
    """Return the number in the box and the gradient of each leaf, to the last digit."""
    unfold(page)
    rows = page.evaluate(
        """[...document.querySelectorAll("#inputs tbody tr")].map((row) => [
          row.cells[0].title || row.cells[0].textContent,
          row.querySelector("[type=text]").title, row.cells[3].title])"""
    )
    return {name: (float(number), gradient and float(gradient)) for name, number, gradient in rows}


def read_gradients(page):
    return {name: gradient for name, (_, gradient) in read_leaves(page).items()}


def find_box(page, title):
    """Return the box of a node, by its whole name."""
    whole = page.locator("title", has_text=re.compile(rf"^{re.escape(title)}$"))
    return page.locator(".view g.node").filter(has=whole)


def read_marks(page, title):
    return set(find_box(page, title).get_attribute("class").split()) - {
        "node",
        "inner",
        "leaf",
        "root",
    }


def read_lines(page, title):
    """Return what a box says: a name, a value, a gradient."""
    lines = find_box(page, title).locator(".name, .value:not(.spread), .gradient:not(.spread)")
    return lines.all_text_contents()


def read_remarks(page):
    """Return what stands below the boxes that have something there, by their names."""
    found = page.locator(".view g.node").evaluate_all(
        """all => all.map((one) => [one.querySelector("title").textContent,
          one.querySelector(".remark")?.textContent ?? ""])"""
    )
    return {name: text for name, text in found if text}


def build_network():
    """Return a model, the loss of one example, and the leaves that hold the example."""
    model = MLP(2, [4, 1], rng=random.Random(1))
    x1, x2, y = Value(0.5, "x1"), Value(-0.1, "x2"), Value(1.0, "y")
    loss = (model([x1, x2]) - y) ** 2
    loss.label = "loss"
    return model, loss, [x1, x2, y]


def wait_for_hash(page, hash):
    """Wait until this is behind a page's address, which is written once all has come to rest."""
    wait_until(page, "hash => location.hash === hash", hash)
