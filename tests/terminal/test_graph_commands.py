"""The commands on graphs, from step to page: what they show of a graph, and what they refuse."""

import io
import os
import sys
from pathlib import Path

import pytest
from commands import SCRIPT, run_command, said
from golden import assert_stands
from places import GOLDEN
from rich.console import Console
from sizes import choose_size

from micrograd_nn import OPERATIONS, Operation, Value
from micrograd_nn.notation.expressions import ExpressionError
from micrograd_nn.terminal.cli import main
from micrograd_nn.terminal.graph_commands import check_gradients, run_check
from micrograd_nn.terminal.subjects import read_assignments

PRODUCTS = ["(w1*x1 + w2*x2 + b) * w1", "x1=2", "x2=0", "w1=-3", "w2=1", "b=6.875"]
NEURON = ["tanh(w1*x1 + w2*x2 + b)", "x1=2", "x2=0", "w1=-3", "w2=1", "b=6.88"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder with a script, at a terminal of a known width."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("net.py").write_text(SCRIPT)
    return tmp_path


def refused(capsys, *arguments):
    """Return the one line with which the command refuses."""
    text = said(capsys, *arguments, status=2)
    assert text.count("\n") == 1
    return text


# What is shown


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("step", NEURON),
        ("graph", NEURON),
        # Arithmetic alone: the digits of tanh's errors differ from one math library to another.
        ("explain", [*PRODUCTS, "--wrt", "w1"]),
        ("check", PRODUCTS),
    ],
)
def test_what_is_said_of_a_neuron_stands_as_it_should(command, words, capsys):
    assert_stands(said(capsys, command, *words), GOLDEN / f"command_{command}.txt")


@pytest.mark.parametrize("words", [["x", "x=2"], ["2 + 3"], ["x*x", "x=nan"], ["a*a", "a=1e200"]])
@pytest.mark.parametrize("command", ["step", "graph"])
def test_leaves_constants_and_what_is_not_finite_are_shown_too(command, words, capsys):
    assert said(capsys, command, *words)


def test_a_page_is_refused_before_a_script_is_run(capsys):
    Path("prints.py").write_text("print('run')")
    assert "there is no such folder" in refused(capsys, "page", "prints.py:y", "-o", "no/a.html")
    assert "would overwrite" in refused(capsys, "page", "net.py:loss", "-o", "net.py")
    assert Path("net.py").read_text() == SCRIPT


MODEL = """
from micrograd_nn import Value
from micrograd_nn.nn import MLP
model, x = MLP(2, [3, 1]), [Value(1.0), Value(2.0)]
loss = model(x) ** 2
"""


SUM = ["+".join(f"x*{i}" for i in range(2, 7)), "x=3"]
WRITTEN = [  # into a file of this ending: what stands there, and what doesn't
    ("graph", [*SUM, "--direction", "LR"], "dot", ["rankdir=LR", "60"], []),
    ("graph", [*SUM, "--direction", "TB"], "dot", ["rankdir=TB"], []),
    ("graph", [*SUM, "--fold", "yes"], "dot", ["Folded: "], []),
    ("graph", [*SUM, "--fold", "no"], "dot", [], ["Folded: "]),
    ("graph", ["x*x", "x=3", "--animate"], "svg", ["@keyframes"], ["<script"]),
    ("graph", NEURON, "svg", ["output"], ["@keyframes"]),
    ("graph", NEURON, "png", ["PNG"], []),
    ("graph", [*NEURON, "--around", "w1", "--radius", "1"], "dot",
     ["Within 1 edge of w1: 2 of "], []),
    ("graph", ["model.py:loss", "--collapse", "layer"], "dot", ["One box a layer"], []),
    ("graph", ["model.py:loss", "--collapse", "neuron"], "dot", ["One box a neuron"], []),
    ("graph", ["model.py:loss", "--collapse", "none", "--paths-from", "x.0"], "dot",
     ["Marked: 3 paths from x.0 to loss"], ["One box"]),
    ("page", [*NEURON, "--notes", "Move <w1>."], "html",
     [f"<title>{NEURON[0]}</title>", "Move &lt;w1&gt;.", '"quiz":false'], []),
    ("page", ["--quiz", *NEURON], "html", ['"quiz":true'], []),
    ("page", ["net.py:loss", "--title", "A net"], "html",
     ["<title>A net</title>", '"name":"weights.1"'], []),
]  # fmt: skip


@pytest.mark.parametrize(("command", "arguments", "ending", "there", "absent"), WRITTEN)
def test_a_graph_and_a_page_are_written_as_asked(command, arguments, ending, there, absent, capsys):
    Path("model.py").write_text(MODEL)
    path = f"out.{ending}"
    told = {
        "graph": f"Graph: {path}\n",
        "page": f"Page: {path}. Open it in a browser: it needs no network and no other file.\n",
    }
    assert said(capsys, command, *arguments, "-o", path) == told[command]
    text = Path(path).read_bytes().decode("utf-8", "replace")
    assert [part in text for part in (*there, *absent)] == [True] * len(there) + [False] * len(
        absent
    )


@pytest.mark.parametrize("name", ["h2.w1", "model.layers.0.neurons.1.w.0"])
def test_a_weight_may_be_named_as_pictures_have_it_or_as_python_does(name, capsys):
    Path("model.py").write_text(MODEL)
    assert main(["explain", "model.py:loss", "--wrt", name]) == 0
    told = capsys.readouterr().out
    assert told.startswith("The gradient of loss by h2.w1 (model.layers.0.neurons.1.w.0) is")
    assert "← h2.w1:" in told


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x", "x is of type list, not a Value: there are x.0, x.1"),
        (
            "model",
            "model is of type MLP, not a Value: there are model.layers.0.neurons.0.w.0, "
            "model.layers.0.neurons.0.w.1, model.layers.0.neurons.0.b, "
            "model.layers.0.neurons.1.w.0, model.layers.0.neurons.1.w.1, "
            "model.layers.0.neurons.1.b, model.layers.0.neurons.2.w.0, "
            "model.layers.0.neurons.2.w.1, … (13 in all)",
        ),
        ("model.layers.1", "there is no 'model.layers.1' in the graph: there are model.layers.1.n"),
        ("other", "other isn't a part of what loss was made of: there are loss, x.0, x.1, model."),
        ("c", "c is a Constant, which receives no gradient: there are"),
        ("q", "there is no 'q' in the graph: there are loss, x.0, x.1, model."),
    ],
)
def test_a_name_that_is_no_node_of_the_graph_is_told_with_those_that_are(name, reason, capsys):
    Path("model.py").write_text(
        f"{MODEL}other = Value(1.0)\nfrom micrograd_nn import Constant\nc = Constant(2.0)\n"
    )
    for command in (["explain", "--wrt", name], ["graph", "-o", "out.dot", "--paths-from", name]):
        assert reason in refused(capsys, *command, "model.py:loss")


def test_words_may_stand_before_and_after_options(capsys):
    orders = (["x*y", "--wrt", "x", "x=2", "y=3"], ["--wrt", "x", "x*y", "x=2", "y=3"],
              ["x*y", "x=2", "-q", "y=3", "--wrt", "x"])  # fmt: skip
    first, second, quiet = [said(capsys, "explain", *order) for order in orders]
    assert first == second != ""
    assert quiet == ""


def test_quiet_prints_nothing(capsys):
    for command in ("step", "graph", "check"):
        assert said(capsys, command, "-q", *NEURON) == ""
    assert said(capsys, "graph", "-q", *NEURON, "-o", "out.dot") == ""
    assert Path("out.dot").exists()


# Gradients that are checked


def test_a_kink_and_a_point_at_an_edge_are_no_disagreement(capsys):
    text = said(capsys, "check", "relu(x) + y**2", "x=0", "y=-3")
    words = " ".join(text.split())
    assert "x 0 – – kink; 0 from the left, 1 from the right" in words
    assert "y −6 −6 1e−13 agrees" in words
    assert "1 of 2 derivatives agree with differences, 1 is at a kink" in text


def test_a_wrong_derivative_is_status_1(capsys, monkeypatch):
    wrong = Operation("wrong", lambda x: x * x, [lambda out, x: x])
    monkeypatch.setitem(OPERATIONS, "wrong", wrong)
    text = said(capsys, "check", "wrong(x) + y", "x=3", "y=1", status=1)
    assert "disagrees" in text
    assert "1 of 2 derivatives agree" in text


def test_a_derivative_that_can_not_be_told_is_status_1(capsys):
    text = said(capsys, "check", "x * 2", "x=inf", status=1)
    assert "unknown; the function isn't finite" in text
    assert "nan" not in text


def test_a_number_that_was_edited_is_checked_as_it_was_recorded():
    x = Value(3.0, "x")
    y = x * x
    x.data = 5.0
    (one,) = check_gradients(y).comparisons
    assert (one.verdict, one.analytic) == ("agrees", 6.0)


def test_checking_changes_nothing():
    x = Value(3.0, "x")
    y = x * x + x
    assert check_gradients(y).ok
    assert (x.data, x.grad, y.grad) == (3.0, None, None)


def test_a_deep_graph_is_checked():
    y = Value(0.5, "x")
    for _ in range(choose_size(5_000, 20_000)):
        y = y + 1e-5
    assert check_gradients(y).ok


def test_names_are_text_in_the_table_of_derivatives():
    Path("odd.py").write_text(
        "from micrograd_nn import Value\ny = Value(2.0, '[red]x[/] \\033[1m\\n') * 3\n"
    )
    out = io.StringIO()
    assert run_check(["odd.py:y"], Console(file=out, width=100))
    assert "[red]x[/] �[1m" in out.getvalue()


# Values of scripts


@pytest.mark.parametrize("name", ["loss", "alias", "_hidden"])
def test_a_scripts_value_is_named_as_in_the_script(name, capsys):
    text = said(capsys, "graph", f"net.py:{name}")
    assert "a  value 2" in text
    assert ("weights.1  value 0.5" in text) is (name != "_hidden")
    assert "grad –" not in text


def test_a_value_in_a_list_can_be_named_too(capsys):
    assert said(capsys, "graph", "net.py:weights.1") == "weights.1  value 0.5  gradient 1\n"


def test_a_backward_pass_of_the_script_is_shown_as_it_was(capsys):
    Path("twice.py").write_text(
        "from micrograd_nn import Value\nx = Value(3.0)\ny = x * x\ny.backward()\ny.backward()\n"
    )
    assert "gradient 12" in said(capsys, "graph", "twice.py:y")


def test_a_script_imports_what_stands_beside_it_and_sees_no_arguments_of_ours(capsys):
    Path("below").mkdir()
    Path("below", "helper_beside.py").write_text("number = 4.0\n")
    Path("below", "uses.py").write_text(
        "import sys, helper_beside\nfrom micrograd_nn import Value\n"
        "y = Value(helper_beside.number * len(sys.argv), sys.argv[0])\n"
    )
    before = sys.argv, sys.path[:]
    assert "value 4" in said(capsys, "graph", "below/uses.py:y")
    assert (sys.argv, sys.path) == before
    del sys.modules["helper_beside"]


def test_a_scripts_own_error_is_shown_as_python_shows_it(capsys):
    Path("fails.py").write_text("def f():\n    return 1 / 0\n\n\nf()\n")
    text = said(capsys, "graph", "fails.py:y", status=2)
    assert text.startswith("Traceback (most recent call last):\n")
    assert "line 2, in f" in text
    assert "runpy" not in text
    assert text.endswith(
        "ZeroDivisionError: division by zero\n"
        "micrograd-nn graph: fails.py, line 2, stopped by ZeroDivisionError: division by zero "
        "(see its traceback)\n"
    )
    Path("broken.py").write_text("x = = 1\n")
    text = said(capsys, "graph", "broken.py:y", status=2)
    assert "SyntaxError" in text
    assert "runpy" not in text


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("empty.py", "empty.py has computed no Value that is still there: call backward() on the"),
        ("exits.py", "exits.py called sys.exit, so its values are gone\n"),
        ("net.py:", "net.py:NAME has no Value named '': there are a, b, loss, alias, weights.0"),
        ("net.py:nope", "net.py:NAME has no Value named 'nope': there are a, b, loss, alias, weig"),
        ("net.py:los", "net.py:NAME has no Value named 'los': did you mean loss?"),
        (
            "net.py:number",
            "net.py:NAME needs a Value: number is of type int, not a Value: there are a, b, loss,",
        ),
        (
            "net.py:weights",
            "weights is of type list, not a Value: there are weights.0, weights.1\n",
        ),
        ("none.py:loss", "none.py: there is no such file"),
        ("folder.py:loss", "folder.py: it is a folder"),
        ("exits.py:loss", "exits.py called sys.exit, so its values are gone"),
        (
            "empty.py:loss",
            "empty.py:NAME has no Value named 'loss': there are none at the top level of the file. "
            "Without a name, it is the latest backward pass, also of a function",
        ),
        ("two\nlines.py:x", "'two\\nlines.py': "),
        ("\0.py:x", "'\\x00.py': embedded null"),
    ],
)
def test_a_scripts_value_that_is_not_there_is_told_in_one_line(word, reason, capsys):
    Path("folder.py").mkdir()
    Path("exits.py").write_text("import sys\nsys.exit(3)\n")
    Path("empty.py").write_text("")
    assert reason in refused(capsys, "graph", word)


def test_a_script_without_a_name_is_its_latest_backward_pass(capsys):
    Path("train.py").write_text(
        "from micrograd_nn import Value\n\ndef step(w):\n    loss = w * w\n    loss.backward()\n"
        "    w.data -= 0.5\n\ndef main():\n    w = Value(3.0)\n    step(w)\n    step(w)\n\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    assert said(capsys, "graph", "train.py").startswith("loss = w · w  value 6.25")
    assert "∂loss/∂w" in said(capsys, "step", "train.py")
    assert "there are none at the top level" in refused(capsys, "graph", "train.py:loss")
    Path("flat.py").write_text(SCRIPT.replace("if __name__", "if 0 and __name__"))
    assert said(capsys, "graph", "flat.py").startswith("loss = tanh(")


def test_numbers_are_not_for_scripts_and_scripts_are_not_overwritten(capsys):
    assert "'a=3' is not for a script" in refused(capsys, "check", "net.py:loss", "a=3")
    Path("net.py").rename("net.py.py")
    os.link("net.py.py", "picture.svg")
    assert "would overwrite" in refused(capsys, "graph", "net.py.py:loss", "-o", "picture.svg")


# What is refused


def test_an_error_in_an_expression_points_at_its_place(capsys):
    text = said(capsys, "step", "2 * log(x)", "x=-1", status=2)
    assert text == ("micrograd-nn step: log(x) needs x > 0; x = -1\n  2 * log(x)\n      ^\n")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["check"], "an expression is missing, such as"),
        (["check", "2 + 3"], "nothing to check: the value was made of constants alone"),
        (["explain", "losss", "losss=1", "--wrt", "loss"], "did you mean losss?"),
        (["explain", "2*x", "x=1", "--wrt", "2"], "there is no '2' in the graph"),
        (["graph", "x", "x=1", "-o", "none/graph.svg"], "can't write none/graph.svg"),
        (["graph", "x", "x=1", "y=2"], "y is given a value but isn't in the expression: x"),
        (["graph", "x", "x", "=", "1"], "'x' is not NAME=NUMBER, such as x=2, without spaces"),
        (["graph", "prints.py:y", "-o", "graph.bmp"],  # before the script is run
         "graph: graph.bmp: the ending says the format, one of .svg, .png, .dot, .pdf, .tex, .mmd"),
        (["step", "-x", "x=1"], "unrecognized arguments: -x (an expression that begins with"),
        (
            ["graph", "x", "x=1", "--direction", "up"],
            "--direction: 'up' is not known: there are LR, TB, RL, BT (see micrograd-nn graph --h",
        ),
        (["explain", "x", "x=1"], "--wrt is missing"),
        (
            ["x*x"],
            "'x*x' is not known: there are step, graph, explain, page, dap, check, selfcheck",
        ),
        (["grph", "x*x", "x=2"], "'grph' is not known: did you mean graph? (see"),
        (["draw", "net.py:loss"], "'draw' is not known: did you mean graph? (see"),
        (["Tree", "x*x", "x=2"], "'Tree' is not known: did you mean graph? (see"),
        (["gradchek", "net.py:loss"], "'gradchek' is not known: did you mean check? (see"),
        (["check", "--quiet=3"], "-q/--quiet takes nothing, not '3'"),
        (["graph", "x*x", "x=3", "--animate"], "--animate: for a picture alone, so add -o FILE"),
        (["graph", "x*x", "x=3", "--paths-from", "x", "--collapse", "layer"],
         "--paths-from, --collapse: for a picture"),
        (["graph", "x*x", "x=3", "-o", "a.png", "--animate"], "a.png: what is animated is an SVG"),
        (["graph", "x*x", "x=3", "-o", "a.svg", "--animate", "--around", "x"], "leave around out"),
        (["graph", "x*x", "x=3", "-o", "a.svg", "--radius", "2"], "add --around NAME"),
        (["graph", "x*x", "x=3", "-o", "a.svg", "--around", "x", "--radius", "-1"],
         "a number of edges from 0 on, not -1"),
        (["graph", "x*x", "x=3", "-o", "a.svg", "--collapse", "Layer2"],
         "collapse is one of 'auto', 'layer', 'neuron', "),
        (["graph", "x*x", "x=3", "-o", "a.svg", "--around", "y"], "there is no 'y' in the graph"),
    ],
)  # fmt: skip
def test_what_can_not_be_done_is_told_in_one_line(arguments, reason, capsys):
    Path("prints.py").write_text("print('run')\n")
    assert run_command(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert reason in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("typed", ["9" * 100_000, "\x1b[31m"], ids=["long", "escape"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("graph x x={}", "is "),
        ("graph x x={}a", "is not a number, such as -3 or 1e-3"),
        ("graph x x=1 x{}=1", ""),
        ("graph x x{}", "is not NAME=NUMBER"),
        ("graph x{} x=1", ""),
        ("graph {}.py:x", ""),
        ("graph net.py:{}", "net.py:NAME has no Value named "),
        ("explain x x=1 --wrt {}", "in the graph: there is x\n"),
        ("graph x x=1 --{}", "unrecognized arguments: "),
        ("graph x x=1 --direction {}", "is not known: there are LR"),
        ("{}", "is not known: there are step"),
        ("graph x x=1 -o {}.bmp", "the ending says the format"),
    ],
)
def test_an_error_is_short_and_has_no_control_characters_whatever_was_typed(
    arguments, said, typed, capsys
):
    Path("file").write_text("")
    assert run_command([word.format(typed) for word in arguments.split()]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert len(err) < 1_200
    assert "\x1b" not in err + out


def test_an_operations_name_sends_no_control_characters_to_the_terminal(capsys):
    Path("odd.py").write_text(
        "from micrograd_nn import Operation, Value\n"
        "slope = Operation('\\x1b[32mslope', lambda x: 2 * x, [lambda out, x: 2.0])\n"
        "odd = Operation('\\x1b[31modd', lambda x: x * x, [lambda out, x: slope(x)])\n"
        "x = Value(3.0)\ny = odd(x)\nz = odd('no') if __name__ == '__main__' else repr(y)\n"
    )
    for command in (["step"], ["graph"], ["check"], ["explain", "--wrt", "x"]):
        text = said(capsys, *command, "odd.py:y")
        assert "\x1b" not in text
        assert "[32mslope(x)" in text or command[0] != "explain"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["x=abc"], "x=abc: 'abc' is not a number, such as -3 or 1e-3"),
        (["x="], "x=: '' is not a number"),
        (["x=1", "x=2"], "x=2: x is given twice"),
        (["x"], "'x' is not NAME=NUMBER"),
        (["2x=1"], "2x=1: '2x' can't be a name"),
        (["=1"], "=1: '' can't be a name"),
        (["lambda=1"], "lambda=1: lambda is a word of Python's: use another name"),
        (["x=1e999"], "x=1e999 is beyond the largest float, 1.8e308: scale it"),
        (["x=\033[1m"], "x=�[1m: '\\x1b[1m' is not a number"),
    ],
)
def test_what_gives_no_number_to_a_name_is_refused(words, reason):
    with pytest.raises(ExpressionError) as caught:
        read_assignments(words)
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)
