"""Real notebooks for tests: JupyterLab and marimo, each a process of its own on loopback.

    with start_jupyter(folder) as find:
        page.goto(find("notebook.ipynb"))

A process is ended by whoever started it, its settings are in the test's folder, and where a host
isn't installed the test is skipped with the reason.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from textwrap import indent

import pytest
from places import ROOT

PATIENCE = 60  # seconds until a host answers
LOOPBACK = "127.0.0.1"


def require_host(*modules):
    """Skip a test where modules aren't installed."""
    for module in modules:
        if find_spec(module) is None:
            pytest.skip(f"needs {module}: pip install -e '.[hosts]'")


def find_port():
    """Return a port that nobody uses."""
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        return one.getsockname()[1]


@contextmanager
def start_host(command, folder, asked):
    """Run a host until it is left; it is there once it answers at an address."""
    settings = {
        name: str(folder / name.lower())
        for name in ("HOME", "IPYTHONDIR", "XDG_CONFIG_HOME", "JUPYTER_CONFIG_DIR",
                     "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }  # fmt: skip
    log = folder / "log.txt"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            try:
                urllib.request.urlopen(asked, timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def write_notebook(path, cells):
    """Write a notebook of code cells for Jupyter."""
    written = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None,
         "outputs": [], "source": source}
        for i, source in enumerate(cells)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(
        json.dumps({"cells": written, "metadata": {"kernelspec": kernel}, "nbformat": 4,
                    "nbformat_minor": 5})
    )  # fmt: skip


def write_app(path, cells):
    """Write a notebook for marimo, of cells: what each takes, does and gives to the others."""
    written = [
        f"@app.cell\ndef _({taken}):\n{indent(source.rstrip(), '    ')}\n    return {given}\n"
        for taken, source, given in cells
    ]
    path.write_text("\n".join(["import marimo\napp = marimo.App()\n", *written]))


@contextmanager
def start_jupyter(folder):
    """Run a JupyterLab of a folder, and yield what gives the address of a notebook in it."""
    port, token = find_port(), secrets.token_hex(16)
    command = [
        "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.ip={LOOPBACK}",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={token}", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    place = f"http://{LOOPBACK}:{port}"
    with start_host(command, folder, f"{place}/api/status?token={token}"):
        # Each has a workspace of its own, or else one would open with the tabs of another.
        yield lambda name: f"{place}/lab/workspaces/{name[:-6]}/tree/{name}?token={token}"


@contextmanager
def start_marimo(folder, name):
    """Run marimo with a notebook of a folder, and yield its address."""
    port = find_port()
    command = [
        "marimo", "--yes", "run", name, "--headless", "--host", LOOPBACK, "--port", str(port),
        "--token-password", "x",
    ]  # fmt: skip
    place = f"http://{LOOPBACK}:{port}"
    with start_host(command, folder, f"{place}/health"):
        yield f"{place}/?access_token=x"
