"""Pictures that play: an SVG whose parts are seen one after the other, without a script.

Where motion is to be reduced, and where a viewer plays none, it is a still of the end.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise

from ..._ground.playing import Player
from .assembly import Assembly
from .figure import FigureCanvas
from .limits import Limits
from .parts import Part, Stroke
from .reading import Pair
from .sampling import clip_line, is_inside

LONGEST, SLOWEST = 14.0, 1.0  # seconds of a played line, and of one of its points
REST = 3.0  # seconds that the end is seen
MANY_HEADS = 40  # points of a line, from which on arrows would hide it


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
