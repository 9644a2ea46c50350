"""Extras: what stands on the core and can be left out, a folder each.

Each has a file ``extra.toml`` that says what it is for, on which others it stands, and what it
adds to the core: names at the package's door, commands, pages, checks. Nothing else names it, so
that an extra is deleted by deleting its folder.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what they add at the package's door, for editors and type checkers
    from .ask.comparing import diff as diff
    from .ask.comparing.picture import draw_change as draw_change
    from .ask.surgery import intervene as intervene
    from .ask.why import why as why
    from .compile.compiler.functions import compile as compile
    from .export import export as export
    from .export.in_onnx.reading import from_onnx as from_onnx
    from .export.in_torch.layers import from_torch as from_torch
    from .export.in_torch.layers import to_torch as to_torch
    from .foreign.adopted import adopt as adopt
    from .practice.diagnosis import assert_engine as assert_engine
    from .practice.diagnosis import diagnose as diagnose
    from .tables.search import search as search
    from .tables.storage import load_model as load_model
    from .tables.storage import save_model as save_model
    from .train import fit as fit
