"""What browsers fetch once: plotly.js and the board's scripts, copied to where they are served."""

import hashlib
import mimetypes
import shutil
from functools import lru_cache
from pathlib import Path

import plotly
import streamlit as st
from plotly.offline import get_plotlyjs_version

_BOARD = Path(__file__).parent / "board" / "js"
_STATIC = Path(__file__).parents[1] / "static"  # beside app.py, where Streamlit serves from

# Some systems' registries call it text/plain, which browsers refuse to run.
mimetypes.add_type("text/javascript", ".js")


@lru_cache(maxsize=1)
def plotly_source() -> str:
    """URL of plotly.js out of the installed plotly package."""
    name = f"plotly-{get_plotlyjs_version()}.min.js"
    _copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", _STATIC / name)
    return _served(name)


@lru_cache(maxsize=1)
def scripts() -> str:
    """URL of the folder with the board's scripts; it changes with them, so none is stale."""
    files = sorted(file.relative_to(_BOARD) for file in _BOARD.rglob("*.*"))
    content = hashlib.sha256()
    for file in files:
        content.update(file.as_posix().encode() + (_BOARD / file).read_bytes())
    name = f"board-{content.hexdigest()[:12]}"
    for file in files:
        _copy(_BOARD / file, _STATIC / name / file)
    return _served(name)


def _copy(source: Path, target: Path) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f"{target.name}.part")
        shutil.copyfile(source, fresh)
        fresh.replace(target)


def _served(name: str) -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}/app/static/{name}"
