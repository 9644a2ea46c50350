"""The playground for networks in a browser: it trains, is paused, explains, is linked and saved."""

import contextlib
import io
import math
import re
from urllib.parse import quote

import pytest
from browser import find_violations
from site_pages import listen

from micrograd_nn.extras.tables.storage import load_model

slow = pytest.mark.slow  # the rest shows that it works

FRUIT = "size;weight;fruit\n7;150;apple\n8;170;apple\n6;140;pear\n6.2;120;pear\n9;300;melon\n"
HOSTILE = 'x,y,c\n1,2,"<img src=x onerror=alert(1)>"\n2,1,"</script><b>"\n3,1,"</script><b>"\n'


@pytest.fixture(scope="module")
def lasting(browser, site):
    """Return the playground, in which Python begins once."""
    with listen(browser, permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{site}network-playground.html#count=40&layers=3&batch=7")
        wait_until_ready(page)
        page.set_default_timeout(20_000)
        yield page


@pytest.fixture
def page(lasting):
    """Return it with a small network on 40 points, not yet trained."""
    lasting.emulate_media(color_scheme="light", reduced_motion="no-preference")
    lasting.set_viewport_size({"width": 1280, "height": 900})
    lasting.evaluate(
        "document.querySelectorAll('details').forEach((x) => (x.open = x.id === 'net-options'))"
    )
    lasting.evaluate("document.querySelector('#net-draw:checked')?.click()")
    follow(lasting, "count=40&layers=3&batch=7&loss=binary_cross_entropy")
    return lasting


def wait_until_ready(page):
    page.wait_for_selector("#networks[aria-busy=false]")


def follow(page, settings):
    """Open a link in the page that is there."""
    page.evaluate("history.replaceState(null, '', '#')")
    page.evaluate(
        """(hash) => new Promise((done) => {
          addEventListener("hashchange", () => setTimeout(done), { once: true });
          location.hash = hash;
        })""",
        settings,
    )
    wait_until_ready(page)


def stand(page):
    """Return epoch and step, as the page tells them."""
    return [int(x) for x in re.findall(r"\d+", page.text_content("#net-standing"))[:2]]


def step(page, name="One step"):
    before = page.text_content("#net-standing")
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_function(
        "(before) => document.querySelector('#net-standing').textContent !== before", arg=before
    )


def open_fold(page, words):
    fold = page.locator("details", has=page.locator("summary", has_text=words))
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()


def click_still(page, find):
    """Click a place of an element, as JavaScript finds them: { element, x, y }.

    First the page has to stand still: what was clicked before may be scrolling it.
    """
    x, y = page.evaluate(
        f"""async () => {{
          const find = {find};
          const place = () => {{
            const {{ x, y }} = find();
            return [x, y];
          }};
          find().element.scrollIntoView({{ block: "center", behavior: "instant" }});
          for (let still = 0, before = place(); still < 5; ) {{
            await new Promise(requestAnimationFrame);
            const now = place();
            still = now.join() === before.join() ? still + 1 : 0;
            before = now;
          }}
          return place();
        }}"""
    )
    page.mouse.click(x, y)


def click_line(page, number):
    """Click a weight's line, near the neuron that it leads to, where no other one is."""
    click_still(
        page,
        f"""() => {{
          const element = document.querySelectorAll("#net-drawing .hits path")[{number}];
          const {{ x, y }} = element.getPointAtLength(element.getTotalLength() * 0.9);
          const box = element.ownerSVGElement.getBoundingClientRect();
          return {{ element, x: box.x + x, y: box.y + y }};
        }}""",
    )


def wait_for_setting(page, setting):
    """Wait until a setting is in the address, and a new network made by it."""
    page.wait_for_function("(x) => location.hash.includes(x)", arg=setting)
    wait_until_ready(page)


def read_program(page):
    open_fold(page, "The same as a program")
    page.wait_for_function("document.querySelector('#net-code').textContent !== ''")
    return page.text_content("#net-code")


# Training


def test_train_pause_one_step_one_epoch_and_reset(page):
    assert stand(page) == [0, 0]
    step(page)
    assert stand(page) == [0, 1]
    step(page, "One epoch")
    assert stand(page) == [1, 4]
    page.wait_for_function(  # what a reader of screens says once it has come to rest
        "document.querySelector('#net-live').textContent.startsWith('Epoch 1, step 4. After ')"
    )
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(
        "Number(/\\d+/.exec(document.querySelector('#net-standing').textContent)) > 8"
    )
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.wait_for_timeout(300)
    paused = stand(page)
    page.wait_for_timeout(300)
    assert stand(page) == paused
    assert page.locator("#net-losses .curve").count() == 4  # and two in the legend
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function(
        "document.querySelector('#net-standing').textContent.startsWith('Epoch 0, step 0. After ')"
    )


@slow
def test_weights_maps_and_the_boundary_move_with_a_step(page):
    def look():
        return page.evaluate(
            """() => [
              [...document.querySelectorAll("#networks canvas")].map((x) => x.toDataURL()),
              document.querySelector(".boundary").getAttribute("d"),
            ]"""
        )

    (maps, boundary) = look()
    step(page, "One epoch")
    page.wait_for_timeout(100)
    (after, moved) = look()
    assert boundary != moved
    assert maps[:2] == after[:2]  # of the inputs
    assert all(a != b for a, b in zip(maps[2:], after[2:], strict=True))


def test_the_program_in_the_page_gives_the_losses_that_the_page_had(page):
    follow(page, "count=60&noise=0.3&layers=4,3&batch=8&penalty=0.001&optimizer=Adam&rate=0.02")
    for _ in range(3):
        step(page, "One epoch")
    told = [page.text_content("#net-standing")]
    program = read_program(page)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(program, {})
    number, loss, held_out = printed.getvalue().splitlines()[3].split()
    assert told == [
        f"Epoch {number}, step 18. After epoch {number}: "
        f"loss {float(loss):.4g} in training, {float(held_out):.4g} held out"
    ]


# Links


@slow
def test_a_changed_setting_begins_anew_and_one_that_cannot_be_does_not(page):
    step(page)
    page.locator("[name=activation]").select_option("relu")
    wait_until_ready(page)
    wait_for_setting(page, "activation=relu")
    assert stand(page) == [0, 0]
    step(page)
    hash = page.evaluate("location.hash")
    page.locator("[name=batch]").fill("0")
    page.locator("[name=batch]").press("Tab")
    assert page.evaluate("location.hash") == hash
    told = "Batch: a whole number from 1 to 1000 is needed. Until then nothing is trained."
    assert page.text_content("#net-told") == told
    assert page.locator("[name=batch]").get_attribute("aria-invalid") == "true"
    for name in ("Train", "One step", "One epoch"):
        assert page.get_by_role("button", name=name, exact=True).is_disabled()
    page.get_by_role("button", name="Reset", exact=True).click()
    assert page.text_content("#net-told") == told
    page.locator("[name=batch]").fill("7")
    page.locator("[name=batch]").press("Tab")
    assert page.text_content("#net-told") == ""
    assert page.locator("[aria-invalid=true]").count() == 0
    assert page.get_by_role("button", name="Train", exact=True).is_enabled()
    page.wait_for_timeout(300)
    assert stand(page) == [0, 1]  # as it was: no reason to start over


@slow
def test_other_data_take_their_own_noise_and_the_loss_that_was_chosen(page):
    def choose(name, value):
        page.locator(f"[name={name}]").select_option(value)
        wait_for_setting(page, f"{name}={value}")
        return [page.locator(f"[name={one}]").input_value() for one in ("noise", "loss")]

    choose("loss", "squared_error")
    assert choose("data", "spirals") == ["0.03", "squared_error"]
    assert choose("data", "wave") == ["0.1", "squared_error"]
    choose("loss", "mean_absolute_error")
    assert choose("data", "xor") == ["0", "hinge"]
    page.locator("[name=noise]").fill("0.25")
    page.locator("[name=noise]").press("Tab")
    page.wait_for_function("location.hash.includes('noise=0.25')")
    assert choose("data", "circles") == ["0.25", "hinge"]


# Explained


def test_a_weights_ledger_adds_up_to_what_the_step_makes_of_it(page):
    click_line(page, 1)
    title = page.locator("#net-look-title")
    page.get_by_text("The weight from x2 to neuron 1 of layer 1", exact=True).wait_for()
    assert title.evaluate("title => title === document.activeElement")
    text = page.text_content("#net-look-body")
    assert re.search(r"By finite differences: \S+ ± \S+, agrees", text)
    rows = page.locator("[aria-label='The ledger'] tbody tr").all_inner_texts()
    examples = page.get_by_role("button", name=re.compile("^Look at example"))
    assert examples.count() == 7
    assert len(rows) == 7  # of the batch
    before, after = re.search(r"from (\S+) to (\S+?)\.The rule", text).groups()
    last = rows[-1].split("\t")[-1]
    assert f"Its gradient: {last}," in text
    step(page)
    page.wait_for_function(
        "(x) => document.querySelector('#net-look-body').textContent.includes(`from ${x} to`)",
        arg=after,
    )
    assert before != after
    assert len(page.locator("#net-look-body li").all()) == 5  # paths
    examples.first.click()
    page.frame_locator(".net-lesson").get_by_role("button", name="Next", exact=True).wait_for()


@slow
def test_a_neuron_is_reached_by_keys_shows_its_map_and_explains_its_weights(page):
    page.get_by_role("button", name="neuron 1 of layer 1", exact=True).focus()
    focused = "document.activeElement.getAttribute('aria-label')"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "the output"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "neuron 2 of layer 1"
    page.keyboard.press("Enter")
    page.get_by_text("Neuron 2 of layer 1", exact=True).wait_for()
    assert "Active on all 40 examples." in page.text_content("#net-look-body")
    shown = page.evaluate(
        """() => {
          const map = document.querySelector(".net-large").getContext("2d");
          const { data } = map.getImageData(0, 0, 60, 60);
          return new Set(data.filter((_, i) => i % 4 === 3)).size;
        }"""
    )
    assert shown > 20  # shades
    page.get_by_role("button", name="Explain the bias of neuron 2 of layer 1", exact=True).click()
    page.get_by_text("The bias of neuron 2 of layer 1", exact=True).wait_for()


@slow
def test_a_dead_neuron_is_crossed_out(page):
    follow(page, "count=40&layers=8&activation=relu&rate=30&batch=7&seed=3&init=uniform")
    step(page, "One epoch")
    page.locator("[data-state=dead]").first.wait_for()
    dead = page.locator("[data-state=dead]").first
    assert dead.get_attribute("aria-label").endswith(", dead")
    dead.click()
    page.locator("#net-look-body", has_text="Dead: its relu is flat on all 40 examples").wait_for()
    page.get_by_role("button", name=re.compile("^Explain the weight from x1")).click()
    page.get_by_text(re.compile("^The product of each is 0: ")).wait_for()
    assert "By finite differences: 0, agrees." in page.text_content("#net-look-body")
    page.get_by_role("button", name="the output", exact=True).click()
    page.get_by_text("Linear: every gradient gets through as it is.", exact=True).wait_for()


@slow
def test_an_example_opens_its_lesson_by_a_click_and_by_its_number(page):
    click_still(
        page,
        """() => {
          const mark = document.querySelector("#net-plane .mark");
          const { x, y, width, height } = mark.getBoundingClientRect();
          return { element: mark, x: x + width / 2, y: y + height / 2 };
        }""",
    )
    lesson = page.frame_locator(".net-lesson")
    lesson.get_by_role("button", name="Next", exact=True).wait_for()
    assert re.match(
        r"Example \d+ \((training|held out)\), after 0 steps", page.text_content("#net-look-title")
    )
    page.get_by_label("Example", exact=True).fill("40")
    page.get_by_role("button", name="Look at it", exact=True).click()
    title = re.compile(r"^Example 40 \((training|held out)\), after 0 steps$")
    page.get_by_text(title).first.wait_for()
    page.get_by_label("Example", exact=True).fill("41")
    page.get_by_role("button", name="Look at it", exact=True).click()
    page.locator("#net-told", has_text="numbered from 1 to 40").wait_for()


@slow
def test_while_it_trains_nothing_is_explained_and_a_click_says_to_pause(page):
    click_line(page, 1)
    headline = page.locator("#net-look-body .net-headline")
    headline.wait_for()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(
        "/^Epoch [1-9]/.test(document.querySelector('#net-standing').textContent)"
    )
    assert not headline.is_visible()
    page.get_by_role("button", name="neuron 1 of layer 1", exact=True).click()
    assert page.text_content("#net-told").startswith("Pause first")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_text("Neuron 1 of layer 1", exact=True).wait_for()
    headline.wait_for()


# Inputs, and numbers over the plane


@slow
def test_inputs_are_chosen_and_the_program_and_the_file_have_them(page, tmp_path):
    follow(page, "data=circles&count=60&layers=&batch=8")
    boxes = page.locator("#net-features label:visible")
    assert boxes.all_inner_texts() == [
        "x1", "x2", "x1²", "x2²", "x1·x2", "sin(π·x1)", "sin(π·x2)",
    ]  # fmt: skip
    for name in ("x1²", "x2²", "sin(π·x1)"):
        page.get_by_label(name, exact=True).check()
        wait_until_ready(page)
    page.get_by_label("x1", exact=True).uncheck()
    page.wait_for_function(
        "location.hash.includes('features=x2%2Cx1') || location.hash.includes('features=x2,x1')"
    )
    wait_until_ready(page)
    names = page.locator("#net-drawing .net-name").all_inner_texts()
    assert names == ["x2", "x1²", "x2²", "sin(π·x1)"]
    step(page, "One epoch")
    assert "sin(pi * " in read_program(page)
    page.locator("#net-plane").press("ArrowRight")
    x1, x2, score = [
        float(number.replace("−", "-"))
        for number in re.search(
            r"x1 (\S+), x2 (\S+): .*\(score (\S+) [>≤] 0\)$", page.text_content("#net-asked")
        ).groups()
    ]
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the model", exact=True).click()
    download.value.save_as(tmp_path / "model.json")
    saved = load_model(tmp_path / "model.json")
    assert saved.training["inputs"] == ["x2", "x1 * x1", "x2 * x2", "sin(pi * x1)"]
    given = [x2, x1 * x1, x2 * x2, math.sin(math.pi * x1)]
    assert saved.model(given).data == pytest.approx(score, abs=5e-3)
    for name in names:
        wait_until_ready(page)
        page.get_by_label(name, exact=True).uncheck()
    assert "Inputs: one at least is needed" in page.text_content("#net-told")
    assert page.get_by_role("button", name="Train", exact=True).is_disabled()
    page.get_by_label("x2", exact=True).check()
    wait_until_ready(page)
    assert page.get_by_role("button", name="Train", exact=True).is_enabled()


@slow
def test_of_one_column_there_are_three_inputs_and_those_of_two_come_back(page):
    follow(page, "data=wave&count=30&layers=2")
    boxes = page.locator("#net-features label:visible")
    assert boxes.all_inner_texts() == ["x1", "x1²", "sin(π·x1)"]
    page.locator("[name=data]").select_option("xor")
    wait_for_setting(page, "data=xor")
    assert page.locator("#net-drawing .net-name").all_inner_texts() == ["x1", "x2"]


@slow
def test_numbers_over_the_plane_have_a_key_and_errors(page):
    follow(page, "data=hills&count=60&layers=4&batch=8&optimizer=Adam&rate=0.03")
    key = page.locator("#net-key")
    assert key.is_visible()
    assert re.fullmatch(
        r"y −(\S+)\s+\1; no colour: 0; lines at −0\.5, 0, 0\.5", key.inner_text().strip()
    )
    off = re.compile(r"On average off by (\S+) in training, (\S+) held out\.")
    before = float(off.fullmatch(page.text_content("#net-right"))[1])
    for _ in range(8):
        step(page, "One epoch")
    page.wait_for_timeout(200)
    assert float(off.fullmatch(page.text_content("#net-right"))[1]) < before
    assert page.locator("[name=loss] option").all_inner_texts() == [
        "squared error", "mean absolute error",
    ]  # fmt: skip
    follow(page, "count=40&layers=3&batch=7")
    assert not key.is_visible()


# Own data


@slow
def test_a_pasted_table_is_learned_in_its_own_units(page):
    page.locator("[name=data]").select_option("own")
    page.locator("#net-table").fill(FRUIT)
    page.get_by_role("button", name="Learn this table", exact=True).click()
    wait_for_setting(page, "fruit")
    assert page.locator("#net-drawing .net-neuron").count() == 3 + 3  # a neuron for each class
    labels = page.locator("#net-plane text").all_text_contents()
    assert {"size", "weight", "200"} <= {*labels}
    step(page, "One epoch")
    assert stand(page)[0] == 1
    assert "parse_table(" in read_program(page)


@slow
def test_a_hostile_table_is_text(page):
    follow(page, f"data=own&table={quote(HOSTILE)}&layers=2")
    assert page.text_content("#net-told") == ""
    page.locator("#net-plane").press("ArrowLeft")
    assert re.search("<img src=x|</script><b>", page.text_content("#net-asked"))
    assert page.locator("#networks img, #networks b").count() == 0
    exec_ready = read_program(page)
    compile(exec_ready, "program", "exec")


@slow
def test_a_table_that_cannot_be_learned_is_told_kindly(page):
    assert page.text_content("#net-right").startswith("Correct: ")
    table = quote("x,y,c\n1,q,a\n2,3,b\n5,6,a\n")
    follow(page, f"data=own&table={table}&batch=x&rate=0.5")
    assert "'q' is not a finite number" in page.text_content("#net-told")
    assert "batch: a whole number" in page.text_content("#net-told")
    assert page.locator("[name=rate]").input_value() == "0.5"
    assert page.text_content("#net-right") == ""  # of the data before
    assert page.get_by_role("button", name="Train", exact=True).is_disabled()


def draw_by_key(page, kind, keys):
    """Draw a point of some class or value after moving by keys."""
    page.get_by_label("of class or value").fill(kind)
    for key in keys:
        page.locator("#net-plane").press(key)
    page.locator("#net-plane").press("Enter")
    page.wait_for_timeout(100)
    wait_until_ready(page)


@slow
def test_points_are_drawn_by_hand_and_by_key_from_nothing_and_the_axes_stay(page):
    follow(page, "data=own&table=&layers=2&batch=2&loss=cross_entropy")
    page.get_by_label("Draw: a click").check()
    plane = page.locator("#net-plane")
    plane.scroll_into_view_if_needed()
    axes = plane.locator("text").all_text_contents()
    assert {"−1", "0", "1"} <= {*axes} or {"-1", "0", "1"} <= {*axes}
    at = set()
    for kind, x, y in [("1", 0.3, 0.2), ("0", 0.4, 0.6), ("0", 0.7, 0.1)]:
        page.get_by_label("of class or value").fill(kind)
        box = plane.bounding_box()  # what is told above it moves it
        x, y = box["x"] + box["width"] * x, box["y"] + box["height"] * y
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + box["width"] * 0.2, y, steps=9)
        page.mouse.up()
        wait_until_ready(page)
        hint = "so far every point is of class '1'" if kind == "1" else ""
        assert hint in page.text_content("#net-told")
        assert plane.locator("text").all_text_contents() == axes
        before, at = at, {mark.get_attribute("transform") for mark in plane.locator(".mark").all()}
        assert before < at  # each stays where it was drawn
    assert page.text_content("#net-told") == ""
    count = plane.locator(".mark").count()
    assert count > 6
    draw_by_key(page, "0", ["ArrowUp"])
    assert plane.locator(".mark").count() == count + 1
    page.get_by_role("button", name="Take the last row back").click()
    page.wait_for_function(
        "(n) => document.querySelectorAll('#net-plane .mark').length === n", arg=count
    )
    wait_until_ready(page)
    assert page.locator("[name=target]").input_value() == "class"
    assert page.locator("[name=loss]").input_value() == "cross_entropy"
    step(page, "One epoch")


@slow
def test_what_the_last_column_is_is_seen_anew_unless_somebody_chose_it(page):
    def learn(table):
        open_fold(page, "Draw points")
        page.locator("#net-table").fill(table)
        page.get_by_role("button", name="Learn this table", exact=True).click()
        wait_for_setting(page, table.split(",")[0])
        return page.locator("[name=target]").input_value()

    follow(page, "data=own&table=&layers=2&batch=2")
    page.get_by_label("Draw: a click").check()
    draw_by_key(page, "0", ["ArrowUp"])
    draw_by_key(page, "1", ["ArrowLeft"])
    assert page.locator("[name=target]").input_value() == "class"
    numbers = "".join(f"{i},{i * i % 7},{i / 3:.2f}\n" for i in range(12))
    assert learn(f"height,b,c\n{numbers}") == "auto"
    assert page.locator("#net-key").inner_text().startswith("c 0 ")
    page.locator("[name=target]").select_option("number")
    wait_for_setting(page, "target=number")
    assert learn("depth,b,c\n0,0,0\n1,1,1\n2,4,0\n") == "number"


@slow
def test_the_axes_of_a_curve_stay_while_one_draws(page):
    open_fold(page, "Draw points")
    page.get_by_label("Draw: a click").check()
    follow(page, "data=wave&count=10&layers=2")
    plane = page.locator("#net-plane")
    axes = plane.locator("text").all_text_contents()
    for count, (x, y) in enumerate([(0.5, 0.1), (0.9, 0.75), (0.15, 0.1)], 11):
        plane.scroll_into_view_if_needed()
        box = plane.bounding_box()
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        wait_until_ready(page)
        assert plane.locator(".mark").count() == count
        assert plane.locator("text").all_text_contents() == axes


@slow
def test_made_points_become_rows_when_one_is_added(page):
    page.locator("summary", has_text="Draw points").click()
    page.get_by_label("Draw: a click").check()
    draw_by_key(page, "1", [])
    wait_for_setting(page, "data=own")
    lines = page.locator("#net-table").input_value().splitlines()
    assert (lines[0], len(lines)) == ("x1,x2,class", 42)
    assert {line.split(",")[2] for line in lines[1:]} == {"-1", "1"}


# Trouble


@slow
def test_a_training_that_explodes_says_why_and_stops(page):
    follow(page, "loss=squared_error&activation=relu&rate=10")
    page.get_by_role("button", name="Train", exact=True).click()
    told = "the loss became too large for a number: try a smaller learning rate"
    page.locator("#net-told", has_text=told).wait_for()
    page.get_by_role("button", name="Train", exact=True).wait_for()


@slow
def test_python_that_broke_is_begun_anew_by_reset(browser, site):
    with listen(browser) as context:
        page = context.new_page()
        page.route("**/packages.zip*", lambda route: route.fulfill(status=200, body=b"no zip"))
        page.goto(f"{site}network-playground.html#count=20&layers=2")
        page.locator("#net-told", has_text="Python failed (").wait_for()


@slow
def test_an_error_that_comes_late_leaves_the_training_that_was_begun_since(page):
    """A link to data that can't be learned, and right after it one that can."""
    page.evaluate(
        """([bad, good]) => new Promise((done) => {
          history.replaceState(null, "", "#");
          addEventListener("hashchange", () => {
            location.hash = good;
            addEventListener("hashchange", () => setTimeout(done), { once: true });
          }, { once: true });
          location.hash = bad;
        })""",
        ["data=own&table=nothing&rate=x", "count=30&layers=2&batch=7"],
    )
    wait_until_ready(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(
        "Number(/\\d+/.exec(document.querySelector('#net-standing').textContent)) > 3"
    )
    page.get_by_role("button", name="Pause", exact=True).click()
    assert page.text_content("#net-told") == ""


@slow
def test_what_takes_long_is_stopped_and_begun_anew(page):
    follow(page, "count=1000&layers=8,8,8,8&batch=1000&heldout=0")
    stop = page.get_by_role("button", name="Stop", exact=True)
    click_line(page, 1)  # whose graph has all examples
    stop.wait_for()
    stop.click()
    told = "Python has ended. Reset starts it over."
    page.locator("#net-told", has_text=told).wait_for()
    stop.wait_for(state="hidden")
    assert page.get_by_role("button", name="Train", exact=True).is_disabled()
    page.get_by_role("button", name="neuron 1 of layer 1", exact=True).click()
    page.wait_for_timeout(200)
    assert page.text_content("#net-told") == told  # no Python begins for it
    page.locator("[name=layers]").fill("2")
    page.locator("[name=layers]").press("Tab")
    page.wait_for_function("location.hash.includes('layers=2&')", timeout=120_000)
    wait_until_ready(page)
    step(page)
    assert stand(page) == [1, 1]  # an epoch has one step


# For everyone


@slow
def test_layers_and_neurons_are_added_and_taken_away_by_buttons(page):
    def press(name):
        page.get_by_role("button", name=name, exact=True).click()
        wait_until_ready(page)
        return page.locator("[name=layers]").input_value()

    assert press("One neuron more in layer 1") == "4"
    assert press("One layer more, of 4 neurons") == "4,4"
    assert [press("One neuron less in layer 2") for _ in range(4)] == ["4,3", "4,2", "4,1", "4"]


@slow
def test_axe_finds_nothing_and_nothing_is_too_wide(page):
    found = []
    page.evaluate("document.querySelectorAll('details').forEach((x) => (x.open = true))")
    follow(page, "data=hills&count=40&layers=3&features=x1,x2,x1*x2,sin(pi*x1)&optimizer=Adam")
    page.evaluate("document.querySelectorAll('details').forEach((x) => (x.open = true))")
    click_line(page, 0)
    page.locator("#net-look table").first.wait_for()
    for width, colours in [(390, "light"), (1280, "dark")]:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=colours)
        page.wait_for_timeout(500)  # until it is drawn for the width
        found += find_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="neuron 1 of layer 1", exact=True).click()
    page.locator(".net-large").wait_for()
    assert found + find_violations(page) == []


@slow
def test_where_motion_is_reduced_frames_are_few(page):
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(
        """() => {
          window.told = 0;
          const standing = document.querySelector("#net-standing");
          const observer = new MutationObserver(() => (window.told += 1));
          observer.observe(standing, { childList: true });
          window.painted = []; // when, and what was told by then
          const kept = CanvasRenderingContext2D.prototype.putImageData;
          window.restore = () => {
            observer.disconnect();
            CanvasRenderingContext2D.prototype.putImageData = kept;
          };
          CanvasRenderingContext2D.prototype.putImageData = function (...given) {
            if (this.canvas.id === "net-map") window.painted.push([performance.now(), window.told]);
            return kept.apply(this, given);
          };
        }"""
    )
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function("window.painted.length > 1")
    page.get_by_role("button", name="Pause", exact=True).click()
    (first, before), (second, after) = page.evaluate("window.painted.slice(0, 2)")
    page.evaluate("window.restore(); null")
    assert second - first > 600  # milliseconds
    assert after - before > 2, "it trained between"
