"""Pictures that play: elements of an SVG are seen one after the other, without a script.

Where motion is to be reduced, and where a viewer plays none, it is a still of the end.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

PLAY = """
@media (prefers-reduced-motion: reduce) {{ * {{ animation: none !important; }} }}
svg:hover * {{ animation-play-state: paused; }}
{rules}
"""


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
