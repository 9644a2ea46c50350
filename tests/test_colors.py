"""The colours: what is shown has those of the table, and they can be told apart and read."""

WRITTEN = ("py", "css", "js", "html")
OWN = {  # shades that mean something where they stand, and nothing elsewhere
    "micrograd_nn/draw/dot.py",
    "micrograd_nn/page/web/lesson.css",
    "micrograd_nn/page/web/page.css",
    "docs/look-up",
}
# TODO
