"""What browsers fetch once: plotly.js and the board's scripts, copied to where they are served.

Streamlit serves the folder static/ beside its script, with what a browser needs to keep a file.
Where the program was installed by somebody else, that folder cannot be written; then they are
served from where they lie, as the files of a component, which a browser fetches at each reload.

URLs are relative to the page, and every page is one name below the app's own address. So they hold
behind a proxy that strips a path which this server has never heard of (JupyterHub, code-server).
"""

import hashlib
import mimetypes
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import plotly
import streamlit as st
import streamlit.components.v1 as components
from plotly.offline import get_plotlyjs_version

_BOARD = Path(__file__).parent / "board" / "js"
_STATIC = Path(__file__).parents[1] / "static"  # beside app.py, where Streamlit serves from

# Some systems' registries call it text/plain, which browsers refuse to run.
mimetypes.add_type("text/javascript", ".js")


@lru_cache(maxsize=1)
def plotly_source() -> str:
    """URL of plotly.js out of the installed plotly package."""
    version = get_plotlyjs_version()
    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    name = f"plotly-{version}.min.js"
    if _copied({source: _STATIC / name}):
        return f"app/static/{name}"
    return f"{_as_component('plotly', source.parent)}/{source.name}?{version}"


@lru_cache(maxsize=1)
def scripts() -> str:
    """URL of the folder with the board's scripts; it changes with them, so none is stale."""
    files = sorted(file.relative_to(_BOARD) for file in _BOARD.rglob("*.*"))
    content = hashlib.sha256()
    for file in files:
        content.update(file.as_posix().encode() + (_BOARD / file).read_bytes())
    name = f"board-{content.hexdigest()[:12]}"
    if _copied({_BOARD / file: _STATIC / name / file for file in files}):
        return f"app/static/{name}"
    return _as_component(name, _BOARD)


def _copied(files: dict[Path, Path]) -> bool:
    """Copies files to their targets where they are not there yet; False where it cannot write."""
    if not st.get_option("server.enableStaticServing"):
        return False
    try:
        for source, target in files.items():
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy(source, target)
    except OSError:
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    """Copies a file so that whoever asks for it meanwhile gets nothing or the whole."""
    handle, fresh = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    try:
        shutil.copyfile(source, fresh)
        Path(fresh).chmod(0o644)
        Path(fresh).replace(target)
    except OSError:
        Path(fresh).unlink(missing_ok=True)
        if not target.exists():  # Windows does not replace what another process has open
            raise


def _as_component(name: str, folder: Path) -> str:
    """URL of a folder that is served from where it lies."""
    components.declare_component(name, folder)
    return f"component/{__name__}.{name}"
