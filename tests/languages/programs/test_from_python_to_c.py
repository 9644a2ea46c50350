"""docs/understand/from-python-to-c.md: its programs are the engine's, and its C examples run."""

import os
import re
import subprocess
import sys

from foreign import needs_compiler
from golden import assert_stands
from places import ROOT

from micrograd_nn import Value, compile

PAGE = ROOT / "docs" / "understand" / "from-python-to-c.md"
WRITTEN = re.compile(r"(?<=from_python_to_c\.py -->\n).*?(?=<!-- the end)", re.DOTALL)


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
    blocks = [
        f"```{language}\n{chr(10).join(cut_loop(source))}\n```"
        for language, source in (("py", program.source), ("c", program.c_source))
    ]
    head = '<div class="table-wrapper container">\n<table>\n'
    head += "<tr><th>Python</th><th>C</th></tr>\n<tr><td>"
    foot = "</td></tr>\n</table>\n</div>"
    shown = f"\n{head}\n\n{blocks[0]}\n\n</td><td>\n\n{blocks[1]}\n\n{foot}\n\n"
    page = PAGE.read_text(encoding="utf-8")
    assert WRITTEN.search(page)
    assert_stands(WRITTEN.sub(lambda _: shown, page), PAGE)


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
