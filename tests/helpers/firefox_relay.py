"""Starts Firefox for Playwright and stands between the two, for one command that Firefox lacks.

Playwright drives a Firefox of the system by WebDriver BiDi. For each new context it asks for
``emulation.setMediaFeaturesOverride``, if only to override nothing; Firefox ESR 153 doesn't know
it, and no context would open. Such a request is answered here, and all else is passed on. It is a
program of its own since Playwright wants to start what it speaks with:

    python firefox_relay.py PID_FILE firefox-esr --remote-debugging-port=0 ...
"""

import json
import subprocess
import sys
from pathlib import Path
from threading import Thread

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

READY = "WebDriver BiDi listening on "  # Playwright, too, waits for this line


def hand_on(source, target):
    """Send what comes from one side to the other, until one of them ends."""
    try:
        for message in source:
            target.send(message)
    except ConnectionClosed:
        pass
    target.close()


def relay(playwright, address):
    """Hand all on between Playwright and Firefox, but the request to override nothing."""

    def read_requests():
        for message in playwright:
            request = json.loads(message)
            is_empty = request.get("params", {}).get("features") == {}
            if is_empty and request["method"] == "emulation.setMediaFeaturesOverride":
                answer = {"type": "success", "id": request["id"], "result": {}}
                playwright.send(json.dumps(answer))
            else:
                yield message

    with connect(address + playwright.request.path, max_size=None, compression=None) as firefox:
        Thread(target=hand_on, args=(firefox, playwright), daemon=True).start()
        hand_on(read_requests(), firefox)


def run_firefox(pid_file, command):
    """Run Firefox to its end, and tell an address of our own where it tells its address."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as firefox:
        Path(pid_file).write_text(str(firefox.pid))
        for line in firefox.stderr:
            if line.startswith(READY):
                address = line.removeprefix(READY).strip()
                server = serve(
                    lambda one, address=address: relay(one, address),
                    "127.0.0.1", 0, max_size=None, compression=None,
                )  # fmt: skip
                Thread(target=server.serve_forever, daemon=True).start()
                line = f"{READY}ws://127.0.0.1:{server.socket.getsockname()[1]}\n"
            print(line, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    run_firefox(sys.argv[1], sys.argv[2:])
