"""``python -m micrograd_nn.debugger.adapter``: a debug adapter on standard input and output.

VS Code also starts this file by its path, with the interpreter that was chosen there.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    if not __package__:  # else Python would find this folder's modules by their bare names
        sys.path[0] = str(Path(__file__).resolve().parents[3])
    from micrograd_nn.debugger.adapter.hosting import main

    if not __package__:
        del sys.path[0]  # which would stand before Python's own
    main()
