"""Pictures that play: an SVG whose parts are seen one after the other, without a script.

Where motion is to be reduced, and where a viewer plays none, it is a still of the end.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise

from .assembly import Assembly
from .figure import FigureCanvas
from .limits import Limits
from .parts import Part, Stroke
from .reading import Pair
from .sampling import clip_line, is_inside

PLAY = """
@media (prefers-reduced-motion: reduce) {{ * {{ animation: none !important; }} }}
svg:hover * {{ animation-play-state: paused; }}
{rules}
"""
LONGEST, SLOWEST = 14.0, 1.0  # seconds of a played line, and of one of its points
REST = 3.0  # seconds that the end is seen
MANY_HEADS = 40  # points of a line, from which on arrows would hide it


class Player:
    """The style sheet by which elements are seen in some steps and hidden in others.

    >>> player = Player(last=2, seconds=1.0, rest=2.0)
    >>> player.show(ET.Element("path"), 1, 1)
    >>> print(player.write_rules().splitlines()[-1])
    .from1to1 { animation: from1to1 5s step-end infinite; }
    """

    def __init__(self, last: int, seconds: float, rest: float) -> None:
        self.last, self.seconds, self.rest = last, seconds, rest
        self.spans: set[tuple[int, int]] = set()

    def show(self, element: ET.Element, first: int, last: int | None = None) -> None:
        """Show an element from a step to another, or to the end."""
        last = self.last if last is None else last
        if last < self.last:
            element.set("visibility", "hidden")
        else:
            element.attrib.pop("visibility", None)
        if first > 0 or last < self.last:
            name = f"from{first}to{last}"
            element.set("class", f"{element.get('class', '')} {name}".lstrip())
            self.spans.add((first, last))

    def write_rules(self) -> str:
        """Return the rules of a style sheet."""
        time = (self.last + 1) * self.seconds + self.rest
        rules = []
        for first, last in sorted(self.spans):
            name = f"from{first}to{last}"
            begin, end = (100 * number * self.seconds / time for number in (first, last + 1))
            frames = "0% { visibility: hidden; } " * (first > 0)
            frames += f"{begin:.4g}% {{ visibility: visible; }}"
            if last < self.last:
                frames += f" {end:.4g}% {{ visibility: hidden; }}"
            rules.append(f"@keyframes {name} {{ {frames} }}")
            rules.append(f".{name} {{ animation: {name} {time:g}s step-end infinite; }}")
        return PLAY.format(rules="\n".join(rules))


class PlayedAssembly(Assembly):
    """A plot whose played lines grow point by point, with a line of words above that says where."""

    def __init__(self, limits: Limits, strokes: Sequence[Stroke]) -> None:
        super().__init__(limits)
        last = max(len(stroke.points) for stroke in strokes) - 1
        self.player = Player(last, min(SLOWEST, LONGEST / (last + 1)), REST)
        self.told = [list(stroke.told) for stroke in strokes if stroke.told]

    def draw(self, parts: Sequence[Part], x: str, y: str) -> None:
        """Draw all parts, and on top of them where each played line is by now."""
        super().draw(parts, x, y)
        for stroke in parts:
            if isinstance(stroke, Stroke) and stroke.is_played:
                places = [self.place(point) for point in stroke.points]
                for i, place in enumerate(places):
                    if is_inside(place, self.box):
                        until = None if i == len(places) - 1 else i
                        now = self.add("circle", "dot ink", cx=place[0], cy=place[1], r=7)
                        self.player.show(now, i, until)

    def draw_stroke(
        self, stroke: Stroke, color: str, dash: str, pieces: Sequence[list[Pair]]
    ) -> None:
        """Draw a played line in pieces, each seen from its step on."""
        if not stroke.is_played:
            super().draw_stroke(stroke, color, dash, pieces)
            return
        places = [self.place(point) for point in stroke.points]
        for i, (start, end) in enumerate(pairwise(places), start=1):
            before = len(self.group)
            for piece in clip_line([start, end], self.box):
                self.draw_line(f"line {color}", *piece)
            if stroke.arrows and len(places) <= MANY_HEADS and is_inside(end, self.box):
                self.draw_head(start, end, color)
            for element in self.group[before:]:
                self.player.show(element, i)

    def draw_words(self, y: float, left: float, width: float) -> float:
        """Write what each point says, one after the other, and return how far down it goes."""
        for told in self.told:
            y += 24
            for i, text in enumerate(told):
                line = self.add("text", "", self.fit(text, width), x=left, y=y)
                self.player.show(line, i, None if i == len(told) - 1 else i)
        return y + 6

    def finish(self, title: str, told: str) -> FigureCanvas:
        """Put the head above the plot, the rules before all, and return the picture."""
        picture = super().finish(title, told)
        style = ET.Element("style")
        style.text = self.player.write_rules()
        self.svg.insert(2, style)
        return picture
