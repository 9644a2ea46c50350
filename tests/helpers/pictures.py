"""Plots read back: where in the picture things are, and which numbers these places stand for."""

import xml.etree.ElementTree as ET


def parse(plot):
    """Return the root of a plot's SVG, its tags bare."""
    return parse_svg(plot.svg)


def parse_svg(svg):
    """Return the root of an SVG, its tags bare."""
    root = ET.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
    return root


def texts(root):
    """Return all texts that are seen."""
    return [text.text for text in root.iter("text")]


def paths(root, kind):
    """Return the lines of a class in the plot's area, each a list of places."""
    return [
        [tuple(map(float, place.split())) for place in path.get("d")[1:].split("L")]
        for path in root.find("g").iter("path")
        if kind in path.get("class", "").split()
    ]


def dots(root, kind="dot"):
    """Return where the round dots of a class are."""
    return [
        (float(dot.get("cx")), float(dot.get("cy")))
        for dot in root.find("g").iter("circle")
        if kind in dot.get("class").split()
    ]


def ticks(root):
    """Return the places of the labelled numbers, those across and those up."""
    across, up = {}, {}
    for text in root.find("g").iter("text"):
        if text.get("class"):
            continue
        if text.get("text-anchor") == "end":
            up[text.text] = float(text.get("y")) - 6
        elif text.get("text-anchor") == "middle":
            across[text.text] = float(text.get("x"))
    return across, up


def read_back(root, places):
    """Return the numbers that places stand for, by two labelled numbers of each linear axis."""
    found = []
    for labelled, index in zip(ticks(root), (0, 1), strict=True):
        known = [(float(t.replace("−", "-")), p) for t, p in labelled.items() if is_number(t)]
        (a, p), (b, q) = known[0], known[-1]
        found.append([a + (b - a) * (place[index] - p) / (q - p) for place in places])
    return list(zip(*found, strict=True))


def is_number(text):
    """Tell whether this is the label of a number."""
    return text.replace("−", "").replace(".", "").isdigit()
