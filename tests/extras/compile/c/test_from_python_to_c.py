"""docs/understand/from-python-to-c.md: its programs are the engine's, and its C examples run."""

import os
import random
import re
import subprocess
import sys
import textwrap

from foreign import needs_compiler
from golden import assert_stands
from places import ROOT

from micrograd_nn import Value, compile
from micrograd_nn.nn import MLP

PAGE = ROOT / "docs" / "understand" / "from-python-to-c.md"
WRITTEN = re.compile(r"(?<=<!-- written by .{64} -->\n).*?(?=<!-- the end)", re.DOTALL)
LOOPS = re.compile(r"(?<=<!-- loops written by .{64} -->\n).*?(?=<!-- the end)", re.DOTALL)
SAVED = re.compile(r"(?<=<!-- JavaScript written by .{64} -->\n).*?(?=<!-- the end)", re.DOTALL)


def compile_neuron(**options):
    """Return the page's neuron as a program."""
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2, b = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.88, "b")
    total = w1 * x1 + w2 * x2 + b
    output = total.tanh()
    total.label, output.label = "n", "output"
    return compile(output, inputs=[x1, x2], parameters=[w1, w2, b], **options)


def cut_loop(source):
    """Return the lines of the loop over rows, without its indentation."""
    lines = source.split("\n")
    (first,) = [i for i, line in enumerate(lines) if line.startswith("    for ")]
    end = first + 1
    while lines[end].startswith((" " * 8, "    }")):
        end += 1
    return [line[4:] for line in lines[first:end]]


def test_the_page_shows_both_programs_as_they_are_written():
    program = compile_neuron()
    lines = cut_loop(program.source), cut_loop(program.c_source)
    assert_shown(WRITTEN, show_both(("Python", "py", lines[0]), ("C", "c", lines[1])))


def compile_network(*sizes):
    """Return a network of tanh as a program."""
    inputs = [Value(0.5, f"x{i}") for i in range(1, sizes[0] + 1)]
    model = MLP(sizes[0], sizes[1:], "tanh", rng=random.Random(1))
    return compile(model(inputs), inputs=inputs, parameters=model.parameters())


def test_the_page_shows_loops_as_they_are_written():
    program = compile_network(4, 3)
    text = program.choice.write("predict").source
    one, eight = (
        text[text.index(f"    for (long {counter} = end") :].split("    return 0;")[0]
        for counter in ("row", "last")
    )
    shown = [[line[4:] for line in part.rstrip().split("\n")] for part in (one, eight)]
    assert_shown(LOOPS, show_both(("One row", "c", shown[0]), ("Eight rows", "c", shown[1])))


def test_the_page_shows_a_loop_in_javascript_as_it_is_written(tmp_path):
    compile_network(16, 8, 1).save(tmp_path / "net.js")
    text = (tmp_path / "net.js").read_text(encoding="utf-8")
    loop = re.search(r"^    // 8 times.*?^    }$", text, re.MULTILINE | re.DOTALL)
    assert_shown(SAVED, f"\n```js\n{textwrap.dedent(loop[0])}\n```\n\n")


def show_both(*sides):
    """Return a table of two programs side by side: their titles, languages and lines."""
    (left, *first), (right, *second) = sides
    blocks = [f"```{name}\n{chr(10).join(lines)}\n```" for name, lines in (first, second)]
    head = '<div class="table-wrapper container">\n<table>\n'
    head += f"<tr><th>{left}</th><th>{right}</th></tr>\n<tr><td>"
    foot = "</td></tr>\n</table>\n</div>"
    return f"\n{head}\n\n{blocks[0]}\n\n</td><td>\n\n{blocks[1]}\n\n{foot}\n\n"


def assert_shown(where, shown):
    """Compare a part of the page with what should stand there."""
    page = PAGE.read_text(encoding="utf-8")
    assert where.search(page)
    assert_stands(where.sub(lambda _: shown, page), PAGE)


@needs_compiler
def test_the_examples_of_the_page_that_need_a_c_compiler_run(tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```py(?:thon)?\n(>>> .*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    examples = tmp_path / "examples.txt"
    examples.write_text("\n".join(blocks), encoding="utf-8")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    del environment["MICROGRAD_NN_NATIVE"]
    run = [sys.executable, "-m", "doctest", str(examples)]
    done = subprocess.run(run, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
