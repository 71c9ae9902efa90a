"""Debian's Chromium, axe-core on a page, and a JupyterLab with the explorer, for the tests and the
gallery.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

from cds_analysis.app.opening import trust
from cds_analysis.errors import ParameterError
from cds_analysis.pages.pdf import FLAGS, find_chromium
from cds_analysis.paths import notebooks_folder

try:
    CHROMIUM = find_chromium()
except ParameterError:
    CHROMIUM = None
__all__ = [
    "CHROMIUM",
    "FLAGS",
    "axe_violations",
    "jupyterlab",
    "needs_chromium",
    "open_explorer",
    "open_notebook",
]

TOKEN = "only-for-this-test"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

# CI sets CDS_REQUIRE_BROWSER, so that a missing browser is a failure there and not a skip.
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CDS_REQUIRE_BROWSER"),
    reason="no Chromium here; `apt-get install -y chromium` brings one",
)


def axe_violations(page, selector=None):
    """Return what axe-core finds against WCAG 2.2 A and AA, a line a rule and element."""
    from axe_playwright_python.sync_playwright import Axe

    found = (
        Axe()
        .run(page, context=selector, options={"runOnly": {"type": "tag", "values": WCAG}})
        .response["violations"]
    )
    return [f"{v['id']} ({v['help']}): {n['target']} {n['html'][:120]}" for v in found for n in v["nodes"]]


@contextmanager
def jupyterlab(home):
    """Start a JupyterLab on a free port of this machine with a copy of the explorer in the folder `home`,
    trusted as ``cds explore`` does it; give its address.
    """
    shutil.copy(notebooks_folder() / "05_explorer.ipynb", home / "05_explorer.ipynb")
    trust(home / "05_explorer.ipynb", home / "data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={home}",
    ]
    settings = str(home / "settings")
    environment = {
        **os.environ,
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": settings,
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": settings,
    }
    with (home / "log.txt").open("w") as log:
        server = subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            cwd=home,
        )
    try:
        for _ in range(240):
            if server.poll() is not None:
                raise RuntimeError("JupyterLab did not start: " + (home / "log.txt").read_text()[-2000:])
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={TOKEN}", timeout=1).close()
                break
            except OSError:
                time.sleep(0.25)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def open_explorer(page, address):
    """Open the explorer's notebook, press its button and wait for the first figure."""
    page.goto(f"{address}/lab/tree/05_explorer.ipynb?token={TOKEN}&reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    page.get_by_role("button", name="▶ Mở bộ khám phá").click()
    page.wait_for_selector(".cds[data-drawn]", timeout=180_000)
    page.add_style_tag(content=".Toastify { display: none; }")  # JupyterLab's question about news


def open_notebook(page, address, name):
    """Open a notebook and run all of its cells."""
    page.goto(f"{address}/lab/tree/{name}?token={TOKEN}&reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(
        timeout=90_000
    )  # before that, "run all" asks which kernel to start
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
