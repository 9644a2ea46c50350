"""What editors are told so that a key steps through whatever script is open in them.

An editor is a row: where it is told so, what it is told, and what one does then.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from textwrap import indent
from typing import Any, NamedTuple

from ..._ground.files import write_file
from ..._ground.text import InputError, show_path
from .timeline import ALARMS

NAME = "Step back through this file"
ADAPTER = Path(__file__).resolve().with_name("__main__.py")
COMMAND = [sys.executable, "-P", "-m", "micrograd_nn.debugger.adapter"]


def quote(told: Any, spaces: int | None = None) -> str:
    """Return texts as JSON, which Lua and Lisp read, too."""
    return json.dumps(told, ensure_ascii=False, indent=spaces)


PYTHON, ARGUMENTS = quote(COMMAND[0]), [quote(word) for word in COMMAND[1:]]
LAUNCH = {
    "name": NAME,
    "type": "debugpy",
    "request": "launch",
    "program": "${file}",
    "debugAdapterPath": str(ADAPTER),
    # Else the Python Debugger asks to go on to the end, and hides the console with all prints.
    "stopOnEntry": True,
    "console": "internalConsole",
}
SETTINGS = {"debug.inlineValues": "on"}  # the numbers beside their lines
VIMSPECTOR = {
    "adapters": {"micrograd_nn": {"command": COMMAND}},
    "configurations": {
        NAME: {
            "adapter": "micrograd_nn",
            "filetypes": ["python"],
            "breakpoints": {"exception": dict.fromkeys(ALARMS, "")},  # else it asks at each start
            "configuration": {"request": "launch", "program": "${file}"},
        }
    },
}
NVIM_DAP = f"""\
local dap = require('dap')
dap.adapters.micrograd_nn = {{
  type = 'executable', command = {PYTHON},
  args = {{ {", ".join(ARGUMENTS)} }},
}}
dap.configurations.python = dap.configurations.python or {{}}
table.insert(dap.configurations.python, {{
  type = 'micrograd_nn', request = 'launch', name = '{NAME}', program = '${{file}}',
}})
"""
DAPE = f"""\
(with-eval-after-load 'dape
  (add-to-list 'dape-mime-mode-alist '("text/x-python" . python-mode))
  (add-to-list 'dape-configs
               '(step-back modes (python-mode python-ts-mode)
                           command {PYTHON}
                           command-args ({" ".join(ARGUMENTS)})
                           :request "launch" :program buffer-file-name)))
"""


class Part(NamedTuple):
    """What an editor reads in one place."""

    text: str
    path: str  # of the file in one's folder that is written; "": one's own, which is left alone
    place: str  # for the text, where it isn't written
    missing: str = ""  # of the text, in a file that is there


class Editor(NamedTuple):
    """How an editor is set up."""

    parts: tuple[Part, ...]
    then: str  # what one does with the script
    opens: str  # that, as one types it


EDITORS = {
    "vscode": Editor(
        (
            Part(
                quote({"version": "0.2.0", "configurations": [LAUNCH]}, 4) + "\n",
                ".vscode/launch.json",
                'Put this between the brackets of its "configurations"',
                quote(LAUNCH),
            ),
            Part(
                quote(SETTINGS, 4) + "\n",
                ".vscode/settings.json",
                "Put this among its settings",
                quote(SETTINGS)[1:-1],
            ),
        ),
        f"Open a script, trust its folder, and press F5; choose “{NAME}” if asked.",
        "code .",
    ),
    "nvim": Editor(
        (Part(NVIM_DAP, "", "Neovim with nvim-dap, in init.lua"),),
        "Open a script, and choose it after :lua require('dap').continue()",
        "nvim",
    ),
    "emacs": Editor(
        (Part(DAPE, "", "Emacs with dape, in init.el"),),
        "Open a script, type M-x dape, and choose step-back. In the REPL, back steps back.",
        "emacs",
    ),
    "vim": Editor(
        (
            Part(
                quote(VIMSPECTOR, 4) + "\n",
                ".vimspector.json",
                "Put these entries into its adapters and configurations",
            ),
        ),
        "Open a script, and type :call vimspector#Launch(). :VimspectorEval back steps back.",
        "vim",
    ),
}


def set_up_editor(name: str, script: str = "") -> str:
    """Write what an editor reads in this folder, unless that is there; say what to do next.

    >>> print(set_up_editor("vscode", "model.py"))  # doctest: +SKIP
    Written: .vscode/launch.json.
    Written: .vscode/settings.json.
    Open a script, trust its folder, and press F5; choose “Step back through this file” if asked.
    code . model.py

    The last line opens a ``script`` there, if one is given. What is no file that ends in .py is an
    InputError, and nothing is written.
    """
    if script and not (script.endswith(".py") and Path(script).is_file()):
        raise InputError(
            f"--{name} sets up the editor for any script, and FILE.py is one to open there: "
            f"there is no such file {show_path(script)}"
        )
    told = []
    for text, relative, place, missing in EDITORS[name].parts:
        path = Path(relative)
        if relative and not path.exists():
            path.parent.mkdir(exist_ok=True)
            write_file(path, text)
            told.append(f"Written: {show_path(path)}.")
        elif relative and path.read_bytes() == text.encode():
            told.append(f"Already so: {show_path(path)}.")
        else:
            there = f"{show_path(path)} is there already. " if relative else ""
            told.append(f"{there}{place}:\n{indent(missing or text, '  ').rstrip()}")
    opening = [f"{EDITORS[name].opens} {shlex.quote(script)}"] if script else []
    return "\n".join([*told, EDITORS[name].then, *opening])
