"""The widget's script between its page and a model, in Chromium without any notebook."""

import json
import random
import re

import pytest
from added import fit
from browser import wait_until
from graph_page import break_engine, build_batch, build_large, find_choice

from micrograd_nn import MLP, Value
from micrograd_nn._ground.files import read_web
from micrograd_nn.graph import Graph
from micrograd_nn.losses import squared_error
from micrograd_nn.notebook.subject import LessonSubject
from micrograd_nn.page import page
from micrograd_nn.page.address import spell_number

HOST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A notebook</title>
<style>body {{ color: {color} }}</style><div id="cell"></div>
<script type="application/json" id="state">{state}</script>
<script type="module">
{script}
const listeners = new Map();
window.model = {{
  state: JSON.parse(document.getElementById("state").textContent),
  saved: [],
  get(name) {{ return this.state[name]; }},
  set(name, value) {{
    this.state[name] = value;
    (listeners.get(`change:${{name}}`) ?? []).forEach((listener) => listener());
  }},
  save_changes() {{ this.saved.push(structuredClone(this.state)); }},
  on(event, listener) {{ listeners.set(event, [...(listeners.get(event) ?? []), listener]); }},
  off(event, listener) {{
    listeners.set(event, listeners.get(event).filter((one) => one !== listener));
  }},
}};
window.count = () => [...listeners.values()].flat().length;
window.stop = widget.render({{ model, el: document.getElementById("cell") }});
</script>"""


def build(label):
    x = Value(3.0, "x")
    y = x * Value(-2.0, "w") + 1
    y.label = label
    return y


@pytest.fixture
def host(visit, tmp_path):
    """Return a function that shows a widget in a page of black or white text."""

    def host(color="black", **given):
        state = {"step": 0, "inputs": {"x": "3", "w": "-2"}, "broken": [], "paths_from": "x"}
        state |= {"_page": {"number": 0, "html": page(build("y"))._repr_html_()}}
        state |= {"_shared": [*state][:4], "_told_by": [0, 0], **given}
        script = read_web("micrograd_nn.notebook", "widget.js")
        written = HOST.format(
            color=color,
            state=json.dumps(state).replace("<", "\\u003c"),
            script=script.replace("export default", "const widget ="),
        )
        path = tmp_path / "host.html"
        path.write_text(written, encoding="utf-8")
        shown = visit(path, color_scheme="null")  # or all frames would have the same one
        return shown, shown.frame_locator("#cell iframe")

    return host


def test_the_page_begins_as_the_model_is_and_says_nothing(host):
    given = {
        "step": 4,
        "inputs": {"x": "-0", "w": "1e-7"},
        "broken": ["unreset"],
        "paths_from": "w",
    }
    shown, lesson = host(**given)
    lesson.locator("#position").filter(has_text="4").wait_for()
    assert find_choice(lesson, "unreset").input_value() == "unreset"
    assert lesson.locator("#leaf option:checked").inner_text() == "w"
    assert lesson.get_by_label("w, number").get_attribute("title") == "1e-7"
    shown.wait_for_timeout(200)
    assert shown.evaluate("model.saved") == [], "both know already"


def test_what_is_done_in_the_page_is_saved_once_and_not_sent_back(host):
    shown, lesson = host(_page={"number": 5, "html": page(build("y"))._repr_html_()})
    lesson.locator("#next").click()
    wait_until(shown, "model.saved.at(-1)?.step === 1")
    lesson.get_by_label("x, number").fill("2.5")
    wait_until(shown, "model.saved.at(-1)?.inputs.x === '2.5'")
    break_engine(lesson, "overwrite")
    wait_until(shown, "model.saved.at(-1)?.broken[0] === 'overwrite'")
    lesson.locator("#leaf").select_option("w")
    wait_until(shown, "model.saved.at(-1)?.paths_from === 'w'")
    steps = shown.evaluate("model.saved.map(({ step }) => step)")
    assert steps == [1, 1, 6, 6]
    told_by = shown.evaluate("model.saved.map((state) => state._told_by)")
    assert {number for number, _ in told_by} == {5}, "each says which page told it"
    counts = [count for _, count in told_by]
    assert counts == sorted(set(counts)), "and is another each time"


def test_what_the_model_is_set_to_is_shown_and_not_told_again(host):
    shown, lesson = host()
    lesson.locator("#position").filter(has_text="0").wait_for()
    shown.evaluate("model.set('inputs', { x: '5', w: '-2' })")
    shown.evaluate("model.set('step', 6)")
    lesson.locator("#position").filter(has_text="6").wait_for()
    lesson.locator("#result").filter(has_text="y = −9").wait_for()
    shown.wait_for_timeout(200)
    assert shown.evaluate("model.saved") == []


def test_another_page_takes_the_place_of_the_first_and_a_closed_one_listens_no_more(host):
    shown, lesson = host()
    lesson.locator("#result").filter(has_text="y = –").wait_for()
    html = page(build("z"))._repr_html_()
    shown.evaluate("html => model.set('_page', { number: 1, html })", html)
    lesson.locator("#result").filter(has_text="z = –").wait_for()
    lesson.locator("#next").click()
    wait_until(shown, "model.saved.at(-1)?.step === 1")
    assert shown.locator("iframe").count() == 1
    shown.evaluate("stop()")
    assert shown.evaluate("count()") == 0


def test_a_step_is_its_number_both_ways_where_repeats_are_folded(host):
    html = page(build_batch()[1])._repr_html_()
    inputs = {"w": "0.5", **{f"x{i}": spell_number(i / 10) for i in range(30)}}
    shown, lesson = host(_page={"number": 0, "html": html}, inputs=inputs, paths_from="w")
    lesson.locator("#next").click()  # the steps of the 29 that aren't shown are one
    wait_until(shown, "model.saved.at(-1)?.step === 87")
    lesson.locator("#next").click()
    wait_until(shown, "model.saved.at(-1)?.step === 88")
    shown.evaluate("model.set('step', 91)")
    lesson.locator("#position").filter(has_text="91").wait_for()
    shown.evaluate("model.set('inputs', { ...model.get('inputs'), x3: '20' })")
    lesson.locator("#result").filter(has_text="loss = 88.").wait_for()
    shown.evaluate("model.set('step', 140)")  # which is among those that are folded
    wait_until(shown, "model.saved.at(-1)?.step === 242")
    assert lesson.locator("#position").inner_text() == "242"


def test_of_a_large_graph_the_page_has_the_steps_and_inputs_that_python_counts(host, monkeypatch):
    subject = LessonSubject(Graph(build_large(monkeypatch)))
    html, inputs = subject.write_frame(), {"near": "2"}
    shown, lesson = host(_page={"number": 0, "html": html}, inputs=inputs, paths_from="near")
    last = subject.count_steps([])
    shown.evaluate(f"model.set('step', {last})")
    lesson.locator("#position").filter(has_text=str(last)).wait_for()
    assert lesson.locator("#count").inner_text() == str(last)
    shown.evaluate("model.set('step', 0)")
    lesson.get_by_label("near, number").fill("3")
    wait_until(shown, "model.saved.at(-1)?.inputs.near === '3'")
    assert shown.evaluate("Object.keys(model.saved.at(-1).inputs)") == list(subject.numbers)


def test_what_another_graph_is_set_to_is_not_sent_to_the_page_before(host):
    shown, lesson = host()
    lesson.locator("#position").filter(has_text="0").wait_for()
    shown.evaluate(
        """html => {
        model.state._page = { number: 1, html };
        model.set("step", 3);
    }""",
        page(build("z"))._repr_html_(),
    )
    shown.wait_for_timeout(200)
    assert lesson.locator("#position").inner_text() == "0"


def test_what_a_page_cannot_do_and_its_errors_are_told(host):
    shown, lesson = host()
    lesson.locator("#position").filter(has_text="0").wait_for()
    shown.evaluate("model.set('step', 99)")
    wait_until(shown, "model.saved.at(-1)?.step === 6")
    told = shown.get_by_role("alert")
    shown.evaluate("model.set('inputs', { x: 'two', w: '-2' })")
    told.filter(has_text="The page failed: x: no number").wait_for()
    event = "new ErrorEvent('error', { error: new Error('lost') })"  # as of one that went uncaught
    lesson.locator("html").evaluate(f"() => window.dispatchEvent({event})")
    told.filter(has_text="The page failed: Error: lost").wait_for()


@pytest.mark.slow  # it waits for an answer
def test_a_page_without_its_script_is_told(host):
    html = '<iframe class="micrograd-nn-page" srcdoc="<p>still</p>"></iframe>'
    shown, _ = host(_page={"number": 0, "html": html})
    shown.get_by_role("alert").filter(has_text="This page doesn't answer").wait_for(timeout=20_000)


def test_a_training_is_at_the_epoch_of_the_model_and_tells_another(host):
    data = [([i / 10], 2 * i / 10 + 1) for i in range(-10, 11)]
    model = MLP(1, [1], rng=random.Random(0))
    history = fit(model, data, squared_error, epochs=40, record=8)
    html = page(history)._repr_html_()
    shown, lesson = host(_page={"number": 0, "html": html}, _shared=["epoch"], epoch=16)
    lesson.locator("#position").filter(has_text="16").wait_for()
    lesson.locator("#next").click()
    wait_until(shown, "model.saved.at(-1)?.epoch === 24")
    shown.evaluate("model.set('epoch', 0)")
    lesson.locator("#position").filter(has_text=re.compile("^0$")).wait_for()
    shown.wait_for_timeout(200)
    assert shown.evaluate("model.saved.length") == 1


def wait_for_scheme(lesson, scheme):
    """Wait until a page in a frame is light or dark."""
    lesson.locator("html").evaluate(
        """(html, scheme) => new Promise((resolve) => {
            const media = matchMedia(`(prefers-color-scheme: ${scheme})`);
            media.matches ? resolve() : media.addEventListener("change", resolve);
        })""",
        scheme,
    )


def test_the_page_is_as_light_or_dark_as_the_notebook_is_at_the_moment(host):
    shown, lesson = host(color="oklch(0.95 0.01 200)")
    lesson.locator("#result").filter(has_text="y").wait_for()
    wait_for_scheme(lesson, "dark")
    shown.evaluate("document.body.style.color = '#222'")
    wait_for_scheme(lesson, "light")
