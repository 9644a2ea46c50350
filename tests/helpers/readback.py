"""What a picture says, box by box, read back from each of its formats."""

import html
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import NamedTuple

from labels import shown

SVG = "{http://www.w3.org/2000/svg}"


class Box(NamedTuple):
    """A box read back: its kind, the frames around it, and its texts, the name first."""

    kind: str
    frames: tuple[str, ...]
    texts: list[str]


def read_dot(source):
    """Return the boxes of DOT."""
    boxes, frames = [], []
    for line in source.splitlines():
        text = line.strip()
        if text.startswith("subgraph"):
            frames.append("")
        elif text == "}" and frames:
            frames.pop()
        elif frames and not frames[-1] and text.startswith("graph ["):
            label = re.search(r'label=("(?:[^"\\]|\\.)*"|<.*?>>|\S+)', text)[1]
            frames[-1] = (shown(label) or [label.strip('"')])[0]
        elif "->" not in text and (found := re.match(r"[a-z]\d+ \[label=(.*)", text)):
            kind = re.search(r'class="?(\w+)', text)[1]
            label = re.match(r'("(?:[^"\\]|\\.)*"|<.*>>|\S+)', found[1])[1]
            boxes.append(Box(kind, tuple(frames), shown(label) or [label.strip('"')]))
    return boxes


def read_svg(svg):
    """Return the boxes of an SVG, without their frames."""
    boxes = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        if "node" in group.get("class", "").split():
            kind = next(x for x in group.get("class").split() if x != "node")
            boxes.append(Box(kind, (), [x.text for x in group.iter(f"{SVG}text")]))
    return boxes


def read_mermaid(text):
    """Return the boxes of Mermaid."""
    boxes, frames = [], []
    for line in text.splitlines():
        line = line.strip()
        if found := re.match(r'subgraph \w+\["(.*)"\]', line):
            frames.append(plain(found[1]))
        elif line == "end":
            frames.pop()
        elif found := re.match(r'\w+\["(.*)"\]:::(\w+)', line):
            rows = [re.sub(r"<[^>]*>", "", row) for row in found[1].split("<br/>")]
            first, *rest = [plain(row) for row in rows]
            name = plain(re.sub(r"<[^>]*>", "", found[1].split("</b>")[0].split("<br/>")[0]))
            texts = [name, *[first[len(name) :].strip()][: len(first) > len(name)], *rest]
            boxes.append(Box(found[2], tuple(frames), texts))
    return boxes


def plain(text):
    """Return a text of Mermaid as it is seen."""
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", text))


def read_tikz(text):
    """Return the boxes of TikZ that aren't constants: a name at the left, the rest at the right."""
    boxes = []
    for line in text.splitlines():
        found = re.match(r"\\node\[anchor=(base west|base east), text=(\w+), .*?\{(.*)\};$", line)
        if found and found[1] == "base west" and "small" in line and "bfseries" in line:
            boxes.append(Box("", (), [found[3].split("} at")[-1]]))
        elif found and found[1] == "base east" and boxes:
            content = re.search(r"\) \{(.*)\};$", line)[1]
            for sign, command in (("−", "-"), ("…", r"\dots"), ("×", r"\times")):
                content = content.replace(rf"\ensuremath{{{command}}}", sign)
            boxes[-1].texts.append(content)
    return boxes


def count_texts(boxes):
    """Return how often each box's texts stand in a picture, without frames."""
    return Counter(tuple(box.texts) for box in boxes if box.kind != "constant")
