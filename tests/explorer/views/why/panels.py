"""Panels of the Why page drawn by themselves, with results that a test made up."""

import json
from collections.abc import Sequence
from typing import Any

from streamlit.testing.v1 import AppTest

from resnet.labs.sentences import Said


def drawn(lab: str, results: list[Any], nets: list[str] | None = None) -> AppTest:
    """The panel's controls and its results; what was chosen is in the session's "asked"."""
    plain = [json.dumps(each.to_plain()) for each in results]
    page = AppTest.from_function(_draw, args=(lab, plain, nets or []), default_timeout=30).run()
    assert not page.exception
    return page


def controls(lab: str, nets: Sequence[str]) -> AppTest:
    """The panel's controls alone."""
    page = AppTest.from_function(_control, args=(lab, list(nets)), default_timeout=30).run()
    assert not page.exception
    return page


def asked(page: AppTest) -> Any:
    return page.session_state["asked"]


def charts(page: AppTest) -> list[dict[str, Any]]:
    """The figures on the page, as plotly gets them."""
    sent = [json.loads(each.proto.json) for each in page.get("bidi_component")]
    return [json.loads(each["figure"]) for each in sent]


def text(said: Said) -> str:
    return " ".join(said.sentences)


def _control(lab, nets):
    from importlib import import_module

    import streamlit as st

    panel = import_module(f"explorer.views.why.labs.{lab}.panel").PANEL
    chosen = panel.choose() if panel.choose else tuple(nets)
    settings = panel.settings_of(chosen) if panel.settings_of else panel.settings()
    st.session_state["asked"] = (chosen, settings)


def _draw(lab, results, nets):
    from importlib import import_module

    import streamlit as st

    panel = import_module(f"explorer.views.why.labs.{lab}.panel").PANEL
    chosen = panel.choose() if panel.choose else tuple(nets)
    settings = panel.settings_of(chosen) if panel.settings_of else panel.settings()
    st.session_state["asked"] = (chosen, settings)
    panel.show([panel.lab.result.from_json(each) for each in results], "dark")
