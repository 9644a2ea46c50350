"""A drawing as Mermaid, which web pages and README files draw by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .._ground.text import make_printable
from .diagram import Box, Diagram
from .dot import GRADIENT_INK, INK, PANEL, PAPER, QUIET, VALUE_INK

LINKS = {  # by whether it is from the repetition before, and whether it has a head
    (False, False): "---", (False, True): "-->", (True, False): "-.-", (True, True): "-.->",
}  # fmt: skip
Path = tuple[str, ...]  # of a cluster: its title, behind those of the ones around it
AS_IT_IS = re.compile(r"[^\w .,+×·−–…→◂-]")  # all else is written by its number
INKS = {"value": VALUE_INK, "gradient": GRADIENT_INK}
STYLES = {
    "root": f"fill:{PAPER},stroke:{INK},stroke-width:4px,color:{INK}",
    "leaf": f"fill:{PANEL},stroke:{QUIET},color:{INK}",
    "inner": f"fill:{PAPER},stroke:{QUIET},color:{INK}",
    "group": f"fill:{PANEL},stroke:{INK},color:{INK}",
    "constant": f"fill:none,stroke:none,color:{QUIET}",
    "marked": f"stroke:{INK},stroke-width:3px",
}


def write_mermaid(diagram: Diagram, direction: str) -> str:
    """Return a diagram as a flowchart of Mermaid.

    Once shares have flowed, it is written from the root to its inputs and drawn the other way
    round, so that heads are at the inputs.
    """
    turned = any(arrow.flow.share for arrow in diagram.arrows)
    direction = direction[::-1] if turned else direction
    clusters = dict.fromkeys(
        box.within[: i + 1] for box in diagram.boxes for i in range(len(box.within))
    )
    lines = [f"flowchart {direction}", *list_boxes(diagram.boxes, direction, [*clusters])]
    links = []
    for i, arrow in enumerate(diagram.arrows):
        ends = [arrow.head, arrow.tail] if turned else [arrow.tail, arrow.head]
        line = LINKS[arrow.from_before, bool(arrow.flow.share) or not turned]
        text = escape_mermaid(" ".join(arrow.lines))
        lines.append(f"  {ends[0]} {line}" + f'|"{text}"|' * bool(text) + f" {ends[1]}")
        colour = INK if arrow.marked else GRADIENT_INK if arrow.flow.share else QUIET
        links.append(f"  linkStyle {i} stroke:{colour}")
    kinds = [box.kind for box in diagram.boxes] + ["marked" for box in diagram.boxes if box.marked]
    lines += [f"  classDef {kind} {STYLES[kind]}" for kind in dict.fromkeys(kinds)]
    return "\n".join([*lines, *links, ""])


def list_boxes(
    boxes: Sequence[Box], direction: str, clusters: Sequence[Path], path: Path = ()
) -> Iterator[str]:
    """Yield the boxes of one cluster, or of none, then the clusters within it."""
    indent = "  " * (len(path) + 1)
    yield from (f"{indent}{write_mermaid_box(box)}" for box in boxes if box.within == path)
    for i, inner in enumerate(clusters):
        if inner[:-1] == path:
            yield f'{indent}subgraph c{i + 1}["{escape_mermaid(inner[-1])}"]'
            yield f"{indent}  direction {direction}"
            yield f"{indent}  style c{i + 1} fill:none,stroke:{QUIET},stroke-dasharray:4"
            yield from list_boxes(boxes, direction, clusters, inner)
            yield f"{indent}end"


def write_mermaid_box(box: Box) -> str:
    """Return a box with its texts, each on a line."""
    face = box.face
    name = f"<b>{escape_mermaid(face.name)}</b>"
    rows = [f"{name} {escape_mermaid(face.operation)}" if face.operation else name]
    if box.kind == "constant":
        rows = [escape_mermaid(face.name)]
    for part, text in face.rows:
        ink, shown = INKS.get(part), escape_mermaid(text)
        rows.append(f"<font color='{ink}'>{shown}</font>" if ink else shown)
    marked = ":::marked" * box.marked
    return f'{box.id}["{"<br/>".join(rows)}"]:::{box.kind}{marked}'


def escape_mermaid(text: str) -> str:
    """Return a text as Mermaid shows it in a label.

    >>> escape_mermaid('<"x">')
    '#60;#34;x#34;#62;'
    """
    return AS_IT_IS.sub(lambda sign: f"#{ord(sign[0])};", make_printable(text))
