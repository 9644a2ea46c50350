"""The picture of a debugger that goes back through one's own lines, as it plays.

The program is that of the guide, and each stop is one of a session of pdb that runs here.
"""

import ast
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, NamedTuple

from micrograd_nn._ground.colors import write_style
from micrograd_nn._ground.playing import Player
from micrograd_nn._ground.text import format_number

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "do" / "debugger.md"
LINE, LETTER = 20, 7.83  # the height of a line, and the width of a letter in it
LEFT, NUMBERS = 40.0, 350.0  # where the program begins, and what stands beside it
WIDTH, TOP = 690, 14
SECONDS, REST = 1.8, 3.0
PARTS = "upstream", "partial", "share"
STYLE = write_style("""
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
text { fill: $ink; white-space: pre; }
.quiet { fill: $quiet; } .value { fill: $value; } .gradient { fill: $gradient; }
.paper { fill: $paper; } .now { fill: $panel; stroke: $gradient; stroke-width: 1.5; }
""")
ASK = (
    "p {name: x if type(x) is float else (x.number, x.grad) for name, x in locals().items() "
    "if type(x) is float or type(x).__name__ == 'Value'}"
)


class Stop(NamedTuple):
    """Where a session stops: the number of a line, the Values that its names are, and the rule."""

    line: int
    names: dict[str, tuple[float, float]]
    parts: dict[str, float]


def draw_pictures() -> dict[str, str]:
    """Return the picture by the name of its file."""
    program = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[0]
    return {"session.svg": draw_session(program.splitlines(), run_session(program))}


def run_session(program: str) -> list[Stop]:
    """Return the stops of pdb where it steps into the last line."""
    last = len(program.splitlines())
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "net.py")
        script.write_text(program, encoding="utf-8")
        typed = [f"b {last}", "c", *["s", ASK] * 7, "q"]
        done = subprocess.run(
            [sys.executable, "-m", "pdb", script], input="\n".join(typed), text=True,
            capture_output=True, cwd=ROOT, check=True,
        )  # fmt: skip
    stops = []
    for line, found in re.findall(r"net\.py\((\d+)\)\S+\n-> .*\n\(Pdb\) (\{.*\})", done.stdout):
        told: dict[str, Any] = ast.literal_eval(found)
        names = {name: x for name, x in told.items() if type(x) is tuple}
        for part in ("node", "input"):
            del names[part]
        stops.append(Stop(int(line), names, {part: told[part] for part in PARTS}))
    return stops


def draw_session(program: list[str], stops: list[Stop]) -> str:
    """Return the picture of a program, in which a session goes back from line to line."""
    height = TOP + LINE * (len(program) + 3)
    words = (
        "A debugger goes back through the lines of a neuron, with numbers and gradients beside each"
    )
    svg = ET.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}",
        width=str(WIDTH), height=str(height), role="img",
    )  # fmt: skip
    ET.SubElement(svg, "title").text = words
    style = ET.SubElement(svg, "style")
    ET.SubElement(svg, "rect", width=str(WIDTH), height=str(height), attrib={"class": "paper"})
    player = Player(len(stops) - 1, SECONDS, REST)
    bars = ET.SubElement(svg, "g")  # below all letters
    for number, text in enumerate(program, start=1):
        write(svg, 8.0, number, f"{number:2}", "quiet")
        write(svg, LEFT, number, text)
    for step, stop in enumerate(stops):
        y = TOP + LINE * stop.line - 15
        bar = ET.SubElement(
            bars, "rect", x="34", y=str(y), width=str(WIDTH - 42), height=str(LINE), rx="3",
            attrib={"class": "now"},
        )  # fmt: skip
        player.show(bar, step, step)
        beside = ET.SubElement(svg, "g")
        x = NUMBERS
        for name, (number, gradient) in sorted(stop.names.items()):
            x = write(beside, x, stop.line, f"{name} ", "quiet")
            x = write(beside, x, stop.line, format_number(number, 3), "value")
            x = write(beside, x, stop.line, f" ∂ {format_number(gradient, 3)}", "gradient")
            x += 2 * LETTER
        player.show(beside, step, step)
        rule = ET.SubElement(svg, "g")
        upstream, partial, share = (format_number(stop.parts[part], 3) for part in PARTS)
        x = write(rule, LEFT, len(program) + 2, f"upstream {upstream} × partial {partial} = ")
        write(rule, x, len(program) + 2, f"share {share}", "gradient")
        player.show(rule, step, step)
    style.text = STYLE + player.write_rules()
    return ET.tostring(svg, encoding="unicode") + "\n"


def write(parent: ET.Element, x: float, line: int, text: str, kind: str = "") -> float:
    """Write a text in a line, and return where it ends."""
    at = {"x": f"{x:.1f}", "y": str(TOP + LINE * line)}
    ET.SubElement(parent, "text", attrib={**at, "class": kind} if kind else at).text = text
    return x + LETTER * len(text)
