"""Which image the nets are shown: one of the test set by its number, or an uploaded picture."""

import base64
import random
from typing import Any

import numpy as np
import streamlit as st

from explorer.report.formatting import escaped
from explorer.views.why.labs.sees.pictures import img
from explorer.views.why.layout import begin
from explorer.views.why.panel import Settings
from resnet.labs.bench.progress import LabError
from resnet.labs.sees.upload import ENDINGS, MAX_BYTES, SIDE, decoded
from resnet.spec.checks import capitalised

LAST = 999  # the test images that can be asked for: 0 to this
NUMBER, SOURCE, FILE = "why_sees_number", "why_sees_source", "why_sees_file"
DECODED = "why_sees_decoded"  # the last upload: whose it is, its pixels, what is wrong with it
OF_THE_SET, UPLOADED = "a test image", "a picture of your own"


def image_choice() -> Settings:
    """{"index": n}, or {"upload": base64 of (32, 32, 3) uint8} where a picture was given."""
    source = st.segmented_control(
        "Show the nets", [OF_THE_SET, UPLOADED], required=True, key=begin(SOURCE, OF_THE_SET)
    )
    return _uploaded() if source == UPLOADED else {"index": _numbered()}


def _numbered() -> int:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            f"Image of the test set, 0 to {LAST}", 0, LAST, key=begin(NUMBER, 0), width=240
        )
        st.button("Previous", on_click=_step, args=(-1,), key="why_sees_previous")
        st.button("Next", on_click=_step, args=(1,), key="why_sees_next")
        st.button("Random", on_click=_random, key="why_sees_random", icon=":material/casino:")
    return int(number)


def _uploaded() -> Settings:
    number = int(st.session_state.get(NUMBER, 0))
    file = st.file_uploader(
        f"PNG, JPEG and others, at most {MAX_BYTES // 10**6} MB; its middle square is made 32 x 32",
        type=list(ENDINGS),
        max_upload_size=MAX_BYTES // 10**6,
        key=FILE,
    )
    if file is None:
        st.caption(f"Until a picture is given, the nets are shown test image {number}.")
        return {"index": number}
    pixels, words = _decoded(file)
    if pixels is None:
        st.error(f"{escaped(capitalised(words))}. Until then it is test image {number}.")
        return {"index": number}
    st.html(img(pixels, 128, "the picture as it is given to the nets, 32 x 32 pixels"))
    return {"upload": base64.b64encode(pixels.tobytes()).decode()}


def _decoded(file: Any) -> tuple[np.ndarray | None, str]:
    """The pixels, or what is wrong; decoded once, however often the page runs."""
    known = st.session_state.get(DECODED)
    if known is None or known[0] != file.file_id:
        try:
            known = (file.file_id, decoded(file.getvalue()).tobytes(), "")
        except LabError as error:
            known = (file.file_id, b"", str(error))
        st.session_state[DECODED] = known
    _, content, words = known
    return (np.frombuffer(content, np.uint8).reshape(SIDE, SIDE, 3) if content else None), words


def _step(by: int) -> None:
    st.session_state[NUMBER] = (int(st.session_state.get(NUMBER, 0)) + by) % (LAST + 1)


def _random() -> None:
    st.session_state[NUMBER] = random.randint(0, LAST)
