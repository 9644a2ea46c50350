"""Where straight arrows meet their boxes: each at a place of its own along a side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .diagram import Arrow, Box, Diagram
from .lettering import PADDING

# The sides of boxes at which arrows begin and end, lest they cross the boxes.
SIDES = {"LR": "ew", "RL": "we", "TB": "sn", "BT": "ns"}
HEIGHT = 56.0  # points of a side along which its arrows are spread
ALIGN = {"w": "ALIGN='LEFT'", "e": "ALIGN='RIGHT'", "n": "VALIGN='TOP'", "s": "VALIGN='BOTTOM'"}
BARE_TABLE = "TABLE BORDER='0' CELLBORDER='0' CELLSPACING='0' CELLPADDING='0'"


class Ports:
    """The places of a picture's arrows at the sides of its boxes, in the order of the boxes."""

    def __init__(self, diagram: Diagram, direction: str, width: float) -> None:
        self.width = width  # points of a box's texts at least
        self.sides = SIDES[direction]
        self.is_upright = "e" in self.sides
        self.margin = "0,0.05" if self.is_upright else f"{PADDING / 72:.3f},0"
        self.bare = {box.id for box in diagram.boxes if box.kind == "constant"}
        self.places: dict[tuple[str, str], int] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        order = {box.id: i for i, box in enumerate(diagram.boxes)}
        for arrow in sorted(diagram.arrows, key=lambda x: (order[x.tail], order[x.head])):
            for _, box, side in self.list_ends(arrow):
                self.places[arrow.id, side] = self.counts[box, side]
                self.counts[box, side] += 1

    def list_ends(self, arrow: Arrow) -> Iterator[tuple[str, str, str]]:
        """Yield the ends of an arrow, each with its box and the side that it meets."""
        yield "tailport", arrow.tail, self.sides[0]
        yield "headport", arrow.head, self.sides[1]

    def find_ends(self, arrow: Arrow) -> dict[str, str]:
        """Return the ports of an arrow."""
        return {
            end: side if box in self.bare else f"{side}{self.places[arrow.id, side]}:{side}"
            for end, box, side in self.list_ends(arrow)
        }

    def surround(self, box: Box, label: str) -> str:
        """Return a box's label, which is like HTML, between the ports of two sides."""
        before, after = [
            self.write_side(box.id, side) for side in ("we" if self.is_upright else "ns")
        ]
        cells = [before, f"<TD WIDTH='{self.width:.0f}'>{label[1:-1]}</TD>", after]
        rows = "".join(cells) if self.is_upright else "</TR><TR>".join(cells)
        return f"<<{BARE_TABLE}><TR>{rows}</TR></TABLE>>"

    def write_side(self, box: str, side: str) -> str:
        """Return the cell of a side with its ports."""
        count = self.counts[box, side]
        apart = f"{HEIGHT / count if count else 0:.1f}"
        width, height = (f"{PADDING:g}", apart) if self.is_upright else (apart, "4")
        size = f"WIDTH='{width}' HEIGHT='{height}'"
        if not count:
            return f"<TD {size}></TD>"
        cells = [f"<TD PORT='{side}{i}' FIXEDSIZE='TRUE' {size}></TD>" for i in range(count)]
        rows = ("</TR><TR>" if self.is_upright else "").join(cells)
        return f"<TD {ALIGN[side]}><{BARE_TABLE}><TR>{rows}</TR></TABLE></TD>"
