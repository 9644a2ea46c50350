"""One HTML file that needs nothing else: markup, style, script and data put together.

The parts stand in ``web/``, but for the rows' functions, ``math.mjs`` of ``notation/javascript/``.
Scripts are modules there, each read and tested by itself; in the document they are one module
without comments and indents, which a strict content-security policy names by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from string import Template
from typing import Any, NamedTuple

from .._ground.files import read_web
from .._ground.text import make_printable
from ..notation.javascript.notation import read_math

IMPORT = re.compile(r'^import \{[^}]*\} from "\.(?:[\w.]*/)*([\w.]+)";\n', re.MULTILINE)
COMMENT = re.compile(r"^ *(?:/\*\*(?:[^*]|\*(?!/))*\*/|//.*)\n", re.MULTILINE)  # no code beside it
INDENT = re.compile(r"^ +", re.MULTILINE)  # a text of several lines would lose it, too
EXPORT = re.compile(r"^export (?=const|function|class)", re.MULTILINE)


class Policy(NamedTuple):
    """What a browser is to run and to use in a document: scripts and styles, by their hashes."""

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    def write(self, images: str = "'none'") -> str:
        """Return it as a browser reads it."""
        scripts, styles = [" ".join([f"'{one}'" for one in hashes]) or "'none'" for hashes in self]
        return (
            f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src {images}; "
            "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
        )


class Document(NamedTuple):
    """A whole document, with its policy, which one that shows it in a frame has to have as well."""

    text: str
    policy: Policy


def write_document(
    name: str,
    body: str,
    *,
    title: str,
    style: str,
    script: str = "",
    schemes: str = "light dark",
    has_images: bool = False,
    framed: Iterable[Policy] = (),
) -> Document:
    """Return a document of this body, with the head that all have and a strict policy.

    ``name`` is the class of the body, ``title`` a text, whatever is in it. ``framed`` are the
    policies of what the body has in frames: those are bound by the document's as by their own.
    """
    scripts = [hash_for_policy(script)] * bool(script)
    styles = [hash_for_policy(style)]
    for other in framed:
        scripts += other.scripts
        styles += other.styles
    policy = Policy(tuple(dict.fromkeys(scripts)), tuple(dict.fromkeys(styles)))
    text = Template(read_part("document.html")).substitute(
        name=name,
        title=html.escape(make_printable(title)),
        policy=policy.write("data:" if has_images else "'none'"),
        schemes=schemes,
        style=style,
        body=body,
    )
    return Document(text, policy)


def build_document(
    name: str,
    data: Any,
    generated: Mapping[str, str] | None = None,
    *,
    title: str,
    notes: str = "",
    has_images: bool = False,
    room: str = __package__,
    sheets: Iterable[str] = (),
    **markup: str,
) -> Document:
    """Return a page of ``web/`` as one HTML file: its markup, its script and all that it imports.

    What stands in the ``web/`` of a ``room`` comes from there. ``sheets`` are styles beside those
    that all pages have.

    ``data`` arrives in the page as JSON, ``title`` and ``notes`` as texts, whatever is in them (a
    blank line is between paragraphs), and further ``markup`` at its places as it is. ``generated``
    are scripts that are imported and don't stand in ``web/``. With ``has_images`` its script may
    make images of its own.
    """
    script = "\n".join(collect_scripts(f"{name}.js", generated or {}, room))
    style = "".join(read_part(f"{x}.css", room) for x in ("page", "player", *sheets, name))
    paragraphs = [part.strip() for part in notes.split("\n\n") if part.strip()]
    first, *more = [html.escape(make_printable(text)) for text in paragraphs] or [""]
    main = read_part(f"{name}.html", room)
    body = Template(read_part("page.html")).substitute(
        title=html.escape(make_printable(title)),
        first=first,
        notes="".join(f"<p>{text}</p>" for text in more),
        skip=read_part("skip.html") if "$player" in main else "",
        main=Template(main).substitute(
            markup, player=read_part("player.html"), link=read_part("link.html").rstrip()
        ),
        script=script,
        data=format_json(data),
    )
    return write_document(
        name, body.rstrip(), title=title, style=style, script=script, has_images=has_images
    )


def collect_scripts(
    name: str, generated: Mapping[str, str], room: str = __package__
) -> Iterator[str]:
    """Yield a script's text after those of the scripts that it imports, each once.

    What stands in ``web/`` is without comments and indents, a fifth of a page.
    """
    waiting, done = [(name, False)], set()
    while waiting:
        name, is_ready = waiting.pop()
        text = generated.get(name) or INDENT.sub("", COMMENT.sub("", read_part(name, room)))
        if is_ready:
            yield EXPORT.sub("", IMPORT.sub("", text)).strip() + "\n"
        elif name not in done:
            done.add(name)
            waiting.append((name, True))
            waiting += [(imported, False) for imported in reversed(IMPORT.findall(text))]


def read_part(name: str, room: str = __package__) -> str:
    """Return the text of a file in a room's ``web/`` or in that here; or JavaScript's functions."""
    if name == "math.mjs":
        return read_math()
    return read_web(room if (files(room) / "web" / name).is_file() else __package__, name)


def hash_for_policy(text: str) -> str:
    """Return what a content-security policy knows a script or a style by.

    >>> hash_for_policy("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def format_json(data: Any) -> str:
    r"""Return data as JSON that can stand in a script element, whatever texts are in it.

    >>> print(format_json({"label": "</script>", "data": [2.0, float("inf")]}))
    {"label":"\u003c/script>","data":[2.0,"Infinity"]}

    Numbers that JSON lacks are texts, which JavaScript's ``Number`` reads.
    """
    text = json.dumps(
        replace_infinite(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def replace_infinite(data: Any) -> Any:
    """Return data with texts for the numbers that JSON lacks."""
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN" if math.isnan(data) else "Infinity" if data > 0 else "-Infinity"
    if isinstance(data, Mapping):
        return {name: replace_infinite(item) for name, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [replace_infinite(item) for item in data]
    return data
