"""``micrograd-nn link``: the address that opens an expression's page in a site's playground."""

import pytest
from commands import run_command

from micrograd_nn._ground.text import InputError
from micrograd_nn.languages.expressions import list_leaf_names
from micrograd_nn.page.address import find_playground, write_link
from micrograd_nn.terminal.cli import main

SITE = "https://example.org/book/"
NEURON = ["tanh(w*x + b)", "x=2", "b=1", "w=-3"]


@pytest.fixture(autouse=True)
def no_site_by_itself(monkeypatch):
    monkeypatch.delenv("MICROGRAD_NN_SITE", raising=False)


def link(*arguments):
    return main(["link", *arguments])


def test_a_link_has_the_numbers_in_the_order_of_the_expression(capsys):
    assert link(*NEURON, "--site", SITE) == 0
    assert capsys.readouterr().out == (
        "https://example.org/book/playground.html#e=tanh(w*x%20+%20b)&w=-3&x=2&b=1\n"
    )


def test_a_link_says_how_the_page_opens(capsys):
    assert link("--step", "7", "--quiz", "--site", SITE, *NEURON) == 0
    assert capsys.readouterr().out.endswith("&b=1&quiz&step=7\n")
    assert link(*NEURON, "--broken", "unreset", "--broken", "overwrite", "--site", SITE) == 0
    assert capsys.readouterr().out.endswith("&broken=unreset,overwrite&step=15\n")  # its end


def test_the_site_may_be_a_variable_of_the_environment(monkeypatch, capsys):
    monkeypatch.setenv("MICROGRAD_NN_SITE", "http://localhost:8000")
    assert link("2 + 3") == 0
    assert capsys.readouterr().out == "http://localhost:8000/playground.html#e=2%20+%203\n"
    assert link("2 + 3", "--site", SITE) == 0
    assert capsys.readouterr().out.startswith(SITE)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (NEURON, "which site? Add --site https://example.org/book/, or set MICROGRAD_NN_SITE"),
        ([*NEURON, "--site", "a.org"], "'a.org' is no address of a site"),
        (["--site", SITE], "an expression is missing, such as 'tanh(w*x)' w=2 x=3"),
        (["model.py:loss", "--site", SITE], "a link holds an expression, not a script: page"),
        (["tanh(w*x", "x=2", "--site", SITE], "not an expression: '(' was never closed"),
        (
            [*NEURON, "--step", "10", "--site", SITE],
            "the page has the steps 0 to 9 for output, not",
        ),
        (
            [*NEURON, "--step", "-1", "--site", SITE],
            "the page has the steps 0 to 9 for output, not",
        ),
        (
            [*NEURON, "--quiz", "--broken", "unreset", "--site", SITE],
            "the page asks about the right engine: leave out quiz, or broken=",
        ),
    ],
)
def test_what_has_no_link_is_told(arguments, told, capsys):
    assert link(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"micrograd-nn link: {told}")
    assert captured.out == ""


def test_what_no_address_can_hold_is_refused():
    for expression, name in (("2*x\ud800", "x"), ("2*x", "x\ud800")):
        with pytest.raises(InputError, match="has a character that no link can hold: leave it out"):
            write_link(SITE, expression, {name: 1.0})
    for site in ("file:///", "file://", "file:////"):
        with pytest.raises(InputError, match="is no address of a site"):
            find_playground(site)
    assert find_playground("file:///book/") == "file:///book/playground.html"


def test_signs_of_formulas_are_those_of_a_keyboard_in_a_link(capsys):
    assert link("a·b − c²", "a=1", "b=2", "c=3", "--site", SITE) == 0
    assert capsys.readouterr().out.endswith("#e=a*b%20-%20c**2&a=1&b=2&c=3\n")


def test_a_switch_that_there_isnt_is_told(capsys):
    assert run_command(["link", *NEURON, "--broken", "overwrit", "--site", SITE]) == 2
    assert "'overwrit' is not known: did you mean overwrite?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("tanh(w*x + b) + w", ["w", "x", "b"]),
        ("sum(b, [a, c])", ["b", "a", "c"]),
        ("foo(x) + tanh", ["x"]),
        ("é*ﬁ", ["é", "fi"]),
        ("2 + 3", []),
    ],
)
def test_leaves_are_listed_as_they_appear(expression, names):
    assert list_leaf_names(expression) == names
