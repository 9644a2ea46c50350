"""What editors are told so that a key steps through whatever script is open in them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ..._ground.files import write_file
from ..._ground.text import show_path

ADAPTER = Path(__file__).resolve().with_name("__main__.py")
LAUNCH = {
    "name": "Step back through this file",
    "type": "debugpy",
    "request": "launch",
    "program": "${file}",
    "debugAdapterPath": str(ADAPTER),
}
IN_VSCODE = "Open a script, press F5, and choose “Step back through this file” once."


def set_up_vscode(folder: str = ".") -> str:
    """Write a folder's launch.json for VS Code, unless there is one, and say what to do next."""
    path = Path(folder, ".vscode", "launch.json")
    if path.exists():
        configuration = json.dumps(LAUNCH, ensure_ascii=False)
        return (
            f"{show_path(path)} is there already. Put this between the brackets of its "
            f'"configurations":\n  {configuration}\n{IN_VSCODE}'
        )
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({"version": "0.2.0", "configurations": [LAUNCH]}, indent=4)
    write_file(path, f"{text}\n")
    return f"Written: {show_path(path)}. {IN_VSCODE}"


def set_up_neovim() -> str:
    """Return what to put into Neovim's init.lua for nvim-dap."""
    return f"""\
Neovim with nvim-dap, in init.lua:
  local dap = require('dap')
  dap.adapters.micrograd_nn = {{
    type = 'executable', command = {sys.executable!r},
    args = {{ '-P', '-m', 'micrograd_nn.debugger.adapter' }},
  }}
  dap.configurations.python = dap.configurations.python or {{}}
  table.insert(dap.configurations.python, {{
    type = 'micrograd_nn', request = 'launch',
    name = 'Step back through this file', program = '${{file}}',
  }})

Open a script, and choose it after :lua require('dap').continue()"""
