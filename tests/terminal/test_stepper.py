"""The terminal program: by keys at a terminal, by lines elsewhere, and always as text."""

import io
import os
import re
import sys

import pytest
from golden import assert_stands
from places import GOLDEN
from rich.cells import cell_len
from rich.console import Console

from micrograd_nn import Value, sum
from micrograd_nn.stepping import Passes
from micrograd_nn.terminal.keyboard import read_keys, read_windows_keys
from micrograd_nn.terminal.neurons import make_neuron
from micrograd_nn.terminal.outline import Outline
from micrograd_nn.terminal.screen import HELP, KEYS_LINE, NOTE, SHORT_KEYS_LINE, make_frame
from micrograd_nn.terminal.stepper import KEY_COMMANDS, MOVES, SCROLLS, is_interactive, run_stepper

PLACE = re.compile(r"step (\d+) of \d+:")


def played(root, keys, width=80, height=24, **options):
    """Return what a console shows for these keys."""
    console = Console(file=io.StringIO(), width=width, height=height, **options)
    run_stepper(root, console=console, keys=keys)
    return console.file.getvalue()


def places(keys, root=None):
    """Return the cursor's place after each key."""
    return [
        int(place) for place in PLACE.findall(played(make_neuron() if root is None else root, keys))
    ]


def lines(root, **options):
    """Return what is printed where there is no terminal."""
    console = Console(file=io.StringIO(), **options)
    run_stepper(root, console=console)
    return console.file.getvalue()


# Keys


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["n", "right", "down", "p", "left", "up", "p"], [0, 1, 2, 3, 2, 1, 0, 0]),
        (["j", "enter", "k", "k"], [0, 1, 2, 1, 0]),
        (["G", "n", "g", "end", "home"], [0, 15, 15, 0, 15, 0]),
        ([" "] * 12, [0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15, 15]),  # to the next node
        ([*"nnnnnnnn", " "], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (["x", "", "\x1b", "é", "n"], [0, 0, 0, 0, 0, 1]),  # others do nothing
        *[(["n", key, "n", "n"], [0, 1]) for key in ("q", "\x03", "\x04")],
    ],
)
def test_keys_move_and_quit(keys, expected):
    assert places(keys) == expected


def typed(command):
    return [*command, "enter"]


def test_a_typed_number_goes_to_that_step_and_what_is_none_is_refused():
    assert places(typed(":12"))[-1] == 12
    assert places([":", "1", "x", "\x7f", "2", "enter"])[-1] == 12
    assert places([*":12", "\x1b", "n"])[-1] == 1, "Esc forgets it"
    assert places([":", "\x7f", "n"])[-1] == 1, "and so does to delete the last letter"
    for wrong in (":16", ":x", ":", ":-1", ":²"):
        text = played(make_neuron(), typed(wrong))
        assert f"✗ {wrong}: the steps are 0 to 15" in text
        assert PLACE.findall(text)[-1] == "0"


def test_keys_that_quit_are_letters_while_something_is_typed():
    text = played(make_neuron(), [*typed("/q"), "n"])
    assert "no name has 'q' in it" in text
    assert PLACE.findall(text)[-1] == "1"


def marked_row(text, mark):
    return [line for line in text.splitlines() if line.startswith(mark)][-1].split()[1]


def test_a_name_is_found_and_the_next_one_and_the_one_before():
    assert marked_row(played(make_neuron(), typed("/w1")), "› ") == "w1"
    assert marked_row(played(make_neuron(), [*typed("/w1"), "f"]), "› ") == "w1*x1"
    assert marked_row(played(make_neuron(), [*typed("/W"), "f"]), "› ") == "w1"
    assert marked_row(played(make_neuron(), [*typed("/w"), "F"]), "› ") == "w2"
    assert marked_row(played(make_neuron(), [*typed("/w"), *typed("/")]), "› ") == "w1"
    assert "✗ nothing was sought: /w1 finds" in played(make_neuron(), ["f"])
    assert "› " not in played(make_neuron(), [*typed("/w1"), "n"]).split("step 1 of")[1]
    y = Value(1.0, "ŷ").tanh()
    assert marked_row(played(y, typed("/ŷ")), "› ") == "ŷ"


def test_a_watch_stops_where_that_gradient_changes():
    x = Value(3.0, "x")
    keys = [*typed("/x"), "w", "r"]
    assert places(keys, x * x * 2)[-1] == 5
    assert places([*keys, "r"], x * x * 2)[-1] == 6
    assert places([*keys, "r", "r"], x * x * 2)[-1] == 6
    text = played(x * x * 2, [*keys, "r", "r"])
    assert "∂root/∂x changes: 0 → 6" in text
    assert "∂root/∂x changes: 6 → 12" in text
    assert "the end: no watched gradient changes any more" in text
    assert "▸◆" in text
    assert "✗ no gradient is watched: w watches" in played(x * x, ["r"])
    assert "x: watched no more" in played(x * x, [*typed("/x"), "w", "w"])
    assert "✗ watch needs a Value" not in text


def test_the_graph_is_scrolled_and_the_next_step_brings_back_the_current_row():
    root = sum([Value(float(i), f"x{i}") for i in range(100)])
    screens = played(root, ["pagedown", "d", "u", "pageup", "u", "n"]).split("\nstep ")
    tops = [re.findall(r"^ +x(\d+) ", screen, re.MULTILINE)[0] for screen in screens]
    assert tops == ["0", "7", "15", "7", "0", "0", "0"]
    assert "\n▸ root = " in screens[-1].replace("▸  ", "▸ ")
    assert "  x99 " in played(root, ["d"] * 40)


def test_ctrl_c_quits_cleanly():
    def keys():
        yield "n"
        raise KeyboardInterrupt

    assert places(keys()) == [0, 1]


def test_the_help_is_shown_until_the_next_key():
    lines = played(make_neuron(), ["?", "?", "?", "n"]).splitlines()
    screens = ["\n".join(lines[i : i + 24]) for i in range(0, len(lines), 24)]
    assert [HELP[0] in screen for screen in screens] == [False, True, False, True, False]
    assert all(NOTE.split()[-1] in screen for screen in screens[1::2]), "it fits"
    assert screens[-1].startswith("step 1 of"), "another key leaves it, and does what it does"


def test_the_help_tells_of_every_key():
    signs = {"right": "→", "left": "←", "up": "↑", "down": "↓", " ": "space"}
    told = "\n".join(HELP).replace("Home", "home").replace("End", "end")
    signs |= {"enter": "Enter", "pagedown": "PgDn", "pageup": "PgUp", "\x1b": "Esc"}
    for key in (*MOVES, *KEY_COMMANDS, *SCROLLS):
        assert signs.get(key, key) in told.split()


def test_what_is_written_about_keys_fits_where_it_stands():
    assert max(map(len, HELP)) <= 40
    assert len(KEYS_LINE) <= 80
    assert len(SHORT_KEYS_LINE) <= 40


def test_the_help_is_scrolled_where_it_is_longer_than_the_screen():
    text = played(make_neuron(), ["?", *["d"] * 40, *["u"] * 50, "n"], 40, 12)
    assert NOTE.split()[-1] in text
    assert text.count("step 1 of 15") == 1


# Screens


def test_the_screens():
    screens = played(make_neuron(), ["n", *typed(":7"), "?", "G"], height=24)
    text = "\n".join(line.rstrip() for line in screens.splitlines()) + "\n"
    assert_stands(text, GOLDEN / "stepper_screens.txt")


def test_a_shared_node_is_shown_once_and_then_referred_to():
    x = Value(3.0, "x")
    square = x * x
    square.label = "square"
    rows = [line.plain for line in Outline(Passes(square + square)).write_window(10, 80)]
    assert [row[2:36].strip() for row in rows] == [
        "v1 = square + square",
        "square = x · x",
        "x",
        "x (above)",
        "square (above)",
    ]


def test_constants_are_told_of_where_they_are_used_alone():
    x = Value(3.0, "x")
    rows = [line.plain for line in Outline(Passes(2 * x + 1)).write_window(10, 80)]
    assert [row[2:36].strip() for row in rows] == ["v2 = v1 + 1", "v1 = 2 · x", "x"]


@pytest.mark.parametrize("width", [1, 2, 9, 20, 40, 200])
@pytest.mark.parametrize("height", [1, 2, 3, 5, 8, 60])
def test_a_screen_of_any_size_is_filled_and_no_more(width, height):
    text = played(make_neuron(), ["n"] * 9 + ["?"], width, height)
    screens = text.removesuffix("\n").split("\n")
    assert len(screens) == 11 * height
    assert all(cell_len(line) == width for line in screens)


def test_on_a_small_screen_the_current_row_is_in_sight():
    for height in (7, 8, 10):
        outline = Outline(Passes(make_neuron()))
        while outline.passes.step() is not None:
            rows = make_frame(outline, 80, height)[:height]
            assert [row.plain for row in rows if row.plain.startswith("▸")]


@pytest.mark.slow
def test_of_a_deep_chain_the_part_around_the_step_is_in_sight():
    y = Value(0.5, "x")
    for _ in range(20_000):
        y = -y
    outline = Outline(Passes(y))
    for position in (1, 2, 10_000, 20_002, 30_000, 40_001):
        outline.passes.goto(position)
        rows = [row.plain for row in make_frame(outline, 60, 20)]
        (current,) = [row for row in rows if row.startswith("▸")]
        step = outline.passes.current
        assert outline.passes.names[getattr(step, "input", step.node)] in current[:26]
        assert len(rows) == 20


def test_of_a_wide_sum_the_part_around_the_step_is_in_sight():
    outline = Outline(Passes(sum([Value(float(i), f"x{i}") for i in range(1_000)])))
    outline.passes.goto(502)
    rows = [row.plain for row in make_frame(outline, 60, 20)]
    assert [row.split()[1] for row in rows if row.startswith("▸")] == ["x499"]


@pytest.mark.parametrize("root", [Value(3.0, "x"), Value(3.0).detach()], ids=["leaf", "constant"])
def test_a_graph_of_one_node(root):
    assert "step 0 of 1: the beginning" in played(
        root, ["n", "p", " ", "G", "w", *typed("/3"), "r"]
    )


# Where there is no terminal


def test_the_plain_output():
    assert_stands(lines(make_neuron()), GOLDEN / "stepper_plain.txt")


def test_no_escape_codes_where_there_is_no_terminal(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in lines(make_neuron())
    assert "\x1b" not in lines(make_neuron(), force_terminal=True, color_system="truecolor")


def test_lines_are_not_broken():
    assert lines(make_neuron(), width=10) == lines(make_neuron(), width=200)


@pytest.mark.parametrize("label", ["[red]x[/]", ":smile:", "{0}", "two\nlines", '"', "\x1b[31m"])
def test_a_label_arrives_as_text(label):
    shown = label.replace("\n", " ").replace("\x1b", "�")
    y = Value(3.0, label).tanh()
    assert f"to {shown}\n" in lines(y)
    assert f"to {shown} " in played(y, ["G"])


def test_a_constant_has_no_gradient_to_be_had():
    assert (
        lines(Value(3.0).detach()).splitlines()[-1] == "there are no leaves: no gradient to be had"
    )


def test_no_color_is_respected(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    text = played(make_neuron(), ["G"], force_terminal=True, color_system="truecolor")
    assert not re.search(r"\x1b\[[\d;]*(3|4|9|10)[0-7][;m]", text)


class Terminal(io.StringIO):
    def isatty(self):
        super().isatty()  # a ValueError if closed
        return True


def test_a_person_must_be_at_both_ends(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    terminal, closed = Terminal(), Terminal()
    closed.close()
    for stdin, stdout, expected in (
        (Terminal(), terminal, True),
        (io.StringIO(), terminal, False),
        (Terminal(), io.StringIO(), False),
        (closed, terminal, False),
        (None, terminal, False),
    ):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert is_interactive(Console(file=stdout)) is expected
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_interactive(Console(file=terminal))


# Keyboards


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes to select from")
def test_keys_are_read_from_the_bytes_that_a_terminal_sends():
    reader, writer = os.pipe()
    os.write(writer, b"n \x1b[C\x1bOD\x1b[A\x1b[B\x1b[H\x1b[4~\x1b[1;5Cq\xc3\xa9\r\x1b[6~\xff\x1b[")
    os.close(writer)
    keys = list(read_keys(reader))
    os.close(reader)
    assert keys[:8] == ["n", " ", "right", "left", "up", "down", "home", "end"]
    assert keys[8:10] == ["", "q"], "Ctrl-→ isn't a key of ours"
    assert keys[10:14] == ["é", "enter", "pagedown", "�"]
    assert set(keys[14:]) & {*MOVES, "q", "?"} <= {"\x1b"}, "what is unfinished moves nothing"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes to select from")
def test_an_arrow_that_arrives_in_two_parts_is_one_key():
    reader, writer = os.pipe()
    os.write(writer, b"\x1b")
    keys = read_keys(reader)
    parts = iter([b"[C", b"n"])
    real_select = __import__("select").select

    def late(reading, writing, failing, timeout):
        os.write(writer, next(parts))
        return real_select(reading, writing, failing, timeout)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("micrograd_nn.terminal.keyboard.select.select", late)
        assert next(keys) == "right"
    os.close(writer)
    assert list(keys) == []
    os.close(reader)


def test_keys_are_read_from_what_a_windows_console_sends():
    sent = iter("n\xe0M\0K\xe0G\xe0O\xe0S\r\xe0Qq")
    keys = read_windows_keys(lambda: next(sent))
    expected = ["n", "right", "left", "home", "end", "", "enter", "pagedown", "q"]
    assert [next(keys) for _ in expected] == expected
