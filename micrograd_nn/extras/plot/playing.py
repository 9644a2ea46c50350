"""Pictures that play: an SVG whose parts are seen one after the other, without a script.

Where motion is to be reduced, and where a viewer plays none, it is a still of the end.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise

from ..._ground.playing import Player
from .assembly import Assembly
from .canvas import Canvas
from .contents import Contents
from .parts import Shade, Stroke
from .reading import Pair
from .sampling import clip_line, is_inside

LONGEST, SLOWEST = 14.0, 1.0  # seconds of a played line, and of one of its points
REST = 3.0  # seconds that the end is seen
MANY_HEADS = 40  # points of a line, from which on arrows would hide it


class PlayedAssembly(Assembly):
    """A plot whose played lines grow point by point, with a line of words above that says where."""

    def __init__(self, plot: Contents, strokes: Sequence[Stroke]) -> None:
        super().__init__(plot)
        last = max(len(stroke.points) for stroke in strokes) - 1
        self.player = Player(last, min(SLOWEST, LONGEST / (last + 1)), REST)
        self.strokes = strokes

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
        for stroke in self.strokes:
            y += 24 * bool(stroke.told)
            for i, text in enumerate(stroke.told):
                line = self.add("text", "", self.fit(text, width), x=left, y=y)
                self.player.show(line, i, None if i == len(stroke.told) - 1 else i)
        return y + 6

    def finish(self, shades: Sequence[Shade]) -> Canvas:
        """Draw on top where each played line is by now, then the head, and the rules before it."""
        for stroke in self.strokes:
            for i, place in enumerate(map(self.place, stroke.points)):
                if is_inside(place, self.box):
                    until = None if i == len(stroke.points) - 1 else i
                    now = self.add("circle", "dot ink", cx=place[0], cy=place[1], r=7)
                    self.player.show(now, i, until)
        picture = super().finish(shades)
        style = ET.Element("style")
        style.text = self.player.write_rules()
        self.svg.insert(2, style)
        return picture
