"""What the HTML-like labels of a drawing's DOT say."""

import html
import re


def shown(label):
    """Return the texts of labels in their order."""
    texts = re.findall(r"<FONT[^>]*>(?:<B>)?(.*?)(?:</B>)?</FONT>", label)
    return [html.unescape(text) for text in texts]
