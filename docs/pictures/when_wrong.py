"""The picture of chapter 11: from what the loss does to an instrument, and on to the case."""

import re

from micrograd_nn._ground.colors import write_style
from micrograd_nn.draw.layout import layout

# What the loss does, with the instruments to reach for, and with the cases that each finds.
TREE = {
    "flat": {
        "Which factor\nis 0?\nBackprop\nexplain": ["1 saturated", "2 dead unit"],
        "A gradient of\nNone?\nunreached": ["7 cut off"],
        "Smaller, layer\nby layer?": ["8 vanished"],
    },
    "swings\nor rises": {
        "Calmer with a\nsmaller rate?": ["rate too\nlarge\n(chapter 7)"],
        "Larger, layer\nby layer?": ["8 exploded"],
        "Did it warn?": ["3 forgotten\nreset"],
    },
    "inf\nor NaN": {"Where first?\nanomaly_\ndetection": ["5 number\ntoo large"]},
    "falls to\nthe wrong\nplace": {
        "Does a nudge\nagree?\ngradcheck": ["4 wrong\nderivative"],
        "Edited since\nforward?\nstale": ["6 wrong\norder"],
    },
}

CODE = ("Backprop", "explain", "unreached", "anomaly_", "detection", "gradcheck", "stale")

STYLE = write_style("""
text { fill: $ink; }
text { font-family: system-ui, sans-serif; }
.node path, .node polygon { fill: $panel; stroke: $line; stroke-width: 1.25; }
.loss path { stroke: $quiet; stroke-width: 2; } .loss text, .case text { font-weight: 600; }
.code { font-family: ui-monospace, monospace; font-size: 12px; }
.edge path { stroke: $quiet; } .edge polygon { fill: $quiet; stroke: $quiet; }
.paper { fill: $paper; }
""")


def write_tree() -> str:
    """Return the tree in DOT."""
    lines = [
        "digraph {",
        "rankdir=LR; nodesep=0.12; ranksep=0.22; pad=0.1; bgcolor=transparent;",
        'node [shape=box, style=rounded, fontname=Verdana, fontsize=14, margin="0.1,0.05"];',
        "edge [arrowsize=0.6];",
    ]
    for i, (loss, tools) in reversed([*enumerate(TREE.items())]):  # so that the first is on top
        lines.append(write_node(f"l{i}", loss, "loss"))
        for j, (tool, cases) in enumerate(tools.items()):
            lines += [write_node(f"t{i}{j}", tool, "tool"), f"l{i}:e -> t{i}{j}:w;"]
            for k, case in enumerate(cases):
                lines += [write_node(f"c{i}{j}{k}", case, "case"), f"t{i}{j}:e -> c{i}{j}{k}:w;"]
    return "\n".join([*lines, "}"])


def write_node(name: str, text: str, kind: str) -> str:
    """Return one box in DOT."""
    label = text.replace("\n", "\\n")
    return f'{name} [label="{label}", class={kind}];'


def write_picture() -> str:
    """Return the tree as SVG, on paper of its own so that it is legible on any page."""
    svg = layout(write_tree()).decode()
    svg = re.sub(r"^.*?(?=<svg)", "", svg, flags=re.DOTALL)
    svg = re.sub(rf"<text( [^>]*>({'|'.join(CODE)})<)", r'<text class="code"\1', svg)
    head = re.match(r"<svg[^>]*>", svg)
    assert head is not None
    paper = f'<style>{STYLE}</style><rect class="paper" width="100%" height="100%"/>'
    return f"{head[0]}\n{paper}{svg[head.end() :]}"


def draw_pictures() -> dict[str, str]:
    """Return the picture by the name of its file."""
    return {"when-wrong.svg": write_picture()}
