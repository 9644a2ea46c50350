"""The playground for expressions: what is typed becomes its page, and a link opens all of it."""

import pytest
from browser import find_violations
from graph_page import break_engine, wait_for_hash
from site_pages import listen

ENDED = """
() => {
  const status = document.querySelector("#expressions .status").textContent;
  return document.querySelector("#expressions .stop").hidden && status && !status.endsWith("…");
}
"""
NEURON = "e=tanh(w*x%20+%20b)&w=-3&x=2&b=1"
STOP_AT_ONCE = """() => {
  const stop = document.querySelector("#expressions button.stop");
  const observer = new MutationObserver(() => {
    if (!stop.hidden) {
      observer.disconnect();
      stop.click();
    }
  });
  observer.observe(stop, { attributes: true });
}"""
DEEP = "-" * 1999 + "x"


@pytest.fixture(scope="module")
def lasting(browser, site):
    """Return the playground, in which Python begins once for many tests."""
    with listen(browser) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(f"{site}playground.html#{NEURON}")
        wait(page)
        yield page


@pytest.fixture
def page(lasting):
    """Return the playground as it is with one neuron."""
    lasting.emulate_media(color_scheme="light")
    lasting.set_viewport_size({"width": 1100, "height": 900})
    follow(lasting, NEURON)
    return lasting


def wait(page):
    """Wait until the playground has done what it was asked for; return what it says."""
    page.wait_for_function(ENDED)
    return page.locator("#expressions .status").text_content()


def follow(page, state):
    """Go to a state as a link in the page would, and return what is said then."""
    page.evaluate(
        """(state) => new Promise((done) => {
          addEventListener("hashchange", done, { once: true });
          location.hash = location.hash === `#${state}` ? "" : state;
          location.hash = state;
        }).then(() => null)""",
        state,
    )
    return wait(page)


def type_expression(page, text):
    """Type an expression, and return what is said once it has come to rest."""
    forget(page)
    page.locator("#expression").fill(text)
    return wait(page)


def forget(page):
    """Forget what was said, so that what is said next can be waited for."""
    page.evaluate("document.querySelector('#expressions .status').textContent = ''")


def inside(page):
    """Return the frame with the page of the expression."""
    return page.locator("#expressions iframe").element_handle().content_frame()


def press(frame, name):
    """Press a button of a frame, wherever the frame is."""
    frame.get_by_role("button", name=name, exact=True).evaluate("button => button.click()")


def read_state(page):
    """Return what stands behind the # once the address has come to rest."""
    page.wait_for_timeout(700)
    return page.evaluate("location.hash.slice(1)")


def read_numbers(page):
    return dict(
        page.locator("#expressions .numbers label").evaluate_all(
            "all => all.map((label) => [label.textContent, label.querySelector('input').value])"
        )
    )


def read_seen(page):
    """Return what somebody sees: the expression, the numbers, and the page's own state."""
    frame = inside(page)
    return {
        "expression": page.locator("#expression").input_value(),
        "numbers": read_numbers(page),
        "position": frame.locator("#position").text_content(),
        "sentence": frame.locator("#sentence").text_content(),
        "result": frame.locator("#result").text_content(),
        "leaf": frame.locator("#leaf option:checked").text_content(),
        "switches": frame.locator("#loop select").evaluate_all(
            "all => all.map((one) => one.value)"
        ),
        "pressed": frame.locator("#paths [aria-pressed=true]").all_text_contents(),
    }


def read_error(page):
    return [text for text in page.locator("#expression-error > *").all_text_contents() if text]


def read_marked(page):
    """Return the character that is marked, and how many stand before it; None if none is."""
    return page.evaluate(
        """() => {
          const mark = document.querySelector(".mirror mark");
          return mark && [mark.textContent, mark.previousSibling?.textContent.length ?? 0];
        }"""
    )


# A link is a lesson


def test_a_link_opens_where_it_was_copied(browser, site, page):
    frame = inside(page)
    press(frame, "Last")
    frame.get_by_label("x, number").fill("0.5")
    break_engine(frame, "unreset")
    frame.locator("#leaf").select_option("b")
    press(frame, frame.locator("#paths button").first.text_content())
    press(frame, "Back")
    state = f"{NEURON}&broken=unreset&paths=b&path=1&step=14".replace("x=2", "x=0.5")
    wait_for_hash(page, f"#{state}")
    assert read_numbers(page) == {"w": "-3", "x": "0.5", "b": "1"}
    page.get_by_role("button", name="Copy link").click()
    page.locator("#expressions .told", has_text="Copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url == f"{site}playground.html#{state}"
    with listen(browser) as context:
        other = context.new_page()
        other.goto(link)
        assert wait(other) == "The page is ready."
        assert read_seen(other) == read_seen(page)
        assert read_state(other) == state


@pytest.mark.parametrize(
    "state",
    [
        f"{NEURON}&broken=overwrite&step=7",
        f"{NEURON}&quiz&step=7",
        "e=e*quiz%20+%20%C3%A9&.e=2&.quiz=1e-7&%C3%A9=-0.5",
    ],
)
def test_a_link_opens_what_it_says_and_stays_as_it_is(site, page, state):
    assert follow(page, state) == "The page is ready."
    assert inside(page).locator("#link-told").text_content() == ""
    press(inside(page), "Next")
    press(inside(page), "Back")
    page.wait_for_url(f"{site}playground.html#{state}")


def test_what_a_link_may_not_say_is_told_and_breaks_nothing(page):
    state = "e=tanh(w*x%20+%20b)&w=-3&x=2&b=1e999&__proto__=1&y=3&%E0%A4%A=1"
    assert follow(page, state) == "The page is ready."
    told = page.locator("#expressions .told").text_content()
    for part in (
        "__proto__ (not in the expression)", "y (not in the expression)",
        "b=1e999 (no number)", "%E0%A4%A=1 (a % that stands for nothing)",
    ):  # fmt: skip
        assert part in told


def test_a_hostile_expression_is_text(page):
    assert (
        follow(page, "e=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E") != "The page is ready."
    )
    assert page.locator("#expression").input_value() == "</textarea><script>alert(1)</script>"
    assert read_marked(page) == ["<", 0]


# What is typed


def test_names_get_fields_and_keep_their_numbers(page):
    assert type_expression(page, "tanh(w*x + b) * log(y)") == "The page is ready."
    assert read_numbers(page) == {"w": "-3", "x": "2", "b": "1", "y": "2"}
    type_expression(page, "w + 1")
    type_expression(page, "w + x")
    assert read_numbers(page) == {"w": "-3", "x": "2"}
    wait_for_hash(page, "#e=w%20+%20x&w=-3&x=2")


def test_a_number_that_is_typed_moves_the_page_that_is_there(page):
    inside(page).evaluate("window.isTheSame = true")
    page.get_by_role("textbox", name="x", exact=True).fill("−0,5")
    inside(page).locator(".view .leaf .value", has_text="−0.5").wait_for()
    assert inside(page).evaluate("window.isTheSame")
    wait_for_hash(page, "#" + NEURON.replace("x=2", "x=-0.5"))
    field = page.get_by_role("textbox", name="x", exact=True)
    for text, told in [
        ("two", "x: two isn't a number such as −2.5, 1e−3 or inf."),
        ("1e999", "x: 1e999 is beyond the largest number, 1.8e308."),
        ("", "x: The box is empty."),
    ]:
        field.fill(text)
        assert field.get_attribute("aria-invalid") == "true"
        assert page.locator("#expressions .refusal").text_content() == told
    assert read_state(page) == NEURON.replace("x=2", "x=-0.5")


def test_an_error_points_at_its_character(page):
    type_expression(page, "tanh(w*x + b")
    assert read_error(page) == [
        "not an expression: '(' was never closed",
        "  tanh(w*x + b\n      ^",
    ]
    assert read_marked(page) == ["(", 4]
    assert page.locator("#expression").get_attribute("aria-invalid") == "true"
    assert "tanh(w*x%20+%20b" in read_state(page)
    type_expression(page, "  𝑎 + foo(x)")
    assert read_marked(page) == ["f", len("  𝑎 + ".encode("utf-16-le")) // 2]
    type_expression(page, "tanh(w*x + b)")
    assert read_error(page) == []
    assert read_marked(page) is None


def test_a_number_out_of_a_domain_is_told_here_and_shown_in_the_page(page):
    said = follow(page, "e=3%20+%20log(x)&x=-1")
    assert said == "The page shows where it goes wrong."
    assert read_marked(page) == ["l", 4]
    assert inside(page).locator("#result").text_content() == "v1: log(x) needs x > 0; x = −1."
    inside(page).get_by_label("x, number").fill("1")
    wait_for_hash(page, "#e=3%20+%20log(x)&x=1")
    assert read_error(page) == []


def test_each_expression_to_begin_with_has_a_page(page):
    for button in page.locator("#expressions [data-state]").all():
        forget(page)
        button.click()
        assert wait(page) == "The page is ready.", button.text_content()
        assert inside(page).locator("#link-told").text_content() == ""
        assert read_error(page) == []
    told = "Wrong gradients: x is 3 and should be 7."
    inside(page).locator("#wrong", has_text=told).wait_for(state="attached")


def test_a_page_in_the_making_can_be_stopped_and_the_next_one_is_made(page):
    forget(page)
    page.evaluate(STOP_AT_ONCE)  # however fast a page is made
    page.locator("#expression").fill("x*y + x")
    assert wait(page) == "Stopped."
    assert page.locator("#expressions iframe").count() == 1
    page.context.set_offline(True)
    assert type_expression(page, "x*x") == "The page is ready."
    page.context.set_offline(False)


def test_an_expression_that_is_too_deep_for_a_browser_is_told_and_the_next_one_is_made(
    browser, site
):
    fatal = ("Pyodide has suffered a fatal error", "The cause of the fatal error", "RangeError")
    with listen(browser, expected=fatal) as context:
        page = context.new_page()
        page.goto(f"{site}playground.html#e={DEEP}")
        said = "The expression is nested too deeply for a browser: shorten it."
        assert wait(page) == said
        assert type_expression(page, "x*x") == "The page is ready."


# For everybody


def test_it_works_from_the_keyboard(page):
    page.locator("#expression").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("x * y")
    forget(page)
    page.keyboard.press("Enter")
    assert wait(page) == "The page is ready."
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    inside(page).locator(".view .leaf .value", has_text="7").wait_for()
    wait_for_hash(page, "#e=x%20*%20y&x=7&y=2")


def test_axe_finds_nothing_and_nothing_is_too_wide(page):
    found = []
    for state in (NEURON, "e=" + "foo(x)%20+%20" * 20 + "x&x=1"):
        follow(page, state)
        for width, colours in [(360, "light"), (1100, "dark")]:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=colours)
            found += find_violations(page)
            assert page.evaluate("document.documentElement.scrollWidth") == width
    assert found == []


def test_nothing_is_fetched_before_it_is_asked_for_and_no_other_page_has_the_script(browser, site):
    loaded = "performance.getEntriesByType('resource').map(({ name }) => name.split('/').pop())"
    with listen(browser) as context:
        page = context.new_page()
        page.goto(f"{site}playground.html")
        page.wait_for_function(
            "performance.getEntriesByType('resource').some(({ name }) => /playground-/.test(name))"
        )
        assert not any(
            name.startswith(("packages.zip", "pyodide")) for name in page.evaluate(loaded)
        )
        page.goto(f"{site}index.html")
        assert not any(name.startswith("playground-") for name in page.evaluate(loaded))
