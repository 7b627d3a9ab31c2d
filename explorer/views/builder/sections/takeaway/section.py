"""Take it away: the table, the picture, a PyTorch file and an ONNX file of a net."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.charts.diagram.svg_file import picture_file
from explorer.report.formatting import escaped
from explorer.server import shared
from explorer.views.builder.sections.layers.table import layer_csv
from explorer.views.builder.sections.takeaway.png import png_button
from explorer.views.parts.job_button import asked
from resnet.export.onnx_packages import sentence
from resnet.export.pytorch import file_name, standalone
from resnet.spec import NetSpec

PYTORCH = (
    "This net and no other, written out for reading. It needs torch alone; run, it prints its "
    "parameter count and classifies two random images. Modules have the names they have here, "
    "parameters the same order: weights trained here load by `load_state_dict`."
)
TABLE = (
    "Every layer with its shapes, parameters, MACs and activation memory. Without the total, so "
    "that the sum of a column is right."
)
SVG = "The picture of this page on a white ground, sharp at any size; its words stay words."
PNG = "The same in pixels, twice the size of the page. Your browser draws it."
ONNX = (
    "For Netron and other programs: the net as it classifies, with fresh weights (seed 0), and any "
    "batch size. The worker makes it in a few seconds; very deep nets take minutes."
)


def show(specs: tuple[NetSpec, ...]) -> None:
    """For the edited net, or for one of those beside it."""
    spec = specs[0]
    if len(specs) > 1:
        title = st.segmented_control(
            "Net", [each.title for each in specs], default=spec.title, required=True
        )
        spec = next(each for each in specs if each.title == title)
    st.markdown(f"#### {spec.title}, to take away")
    name = str(spec)
    _file("PyTorch file", PYTORCH, lambda: standalone(spec), file_name(spec), "text/x-python")
    _file("Layer table, CSV", TABLE, lambda: layer_csv(spec), f"{name}.csv", "text/csv")
    _file("Picture, SVG", SVG, lambda: picture_file(spec), f"{name}.svg", "image/svg+xml")
    button, words = _line()
    with button:
        png_button("Picture, PNG", picture_file(spec), f"{name}.png", f"png_{name}")
    words.markdown(PNG)
    _onnx(spec)
    if st.toggle("Read the PyTorch file here", key="takeaway_read"):
        st.code(standalone(spec), language="python", line_numbers=True)


def _file(label: str, words: str, content: Callable[[], str | bytes], name: str, kind: str) -> None:
    """A line of the section; the content is made at the click."""
    button, beside = _line()
    button.download_button(
        label,
        content,
        name,
        kind,
        key=f"take_{name}",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
    beside.markdown(words)


def _onnx(spec: NetSpec) -> None:
    """A file made by the worker; or which packages it lacks."""
    report = shared.store().reported("worker")
    absent = report[0].get("missing_for_onnx") if report else None
    button, words = _line()
    if absent:
        button.button(
            "ONNX file", icon=":material/download:", disabled=True, width="stretch", key="no_onnx"
        )
        words.markdown(escaped(sentence(absent)))
        return
    words.markdown(ONNX)
    with button:
        question = {"net": str(spec)}
        icon = ":material/build:"
        job = asked("onnx", question, "Make the ONNX file", icon, f"onnx_{spec}", "stretch")
        if job and job.file:
            st.download_button(
                "ONNX file",
                job.file.read_bytes,
                job.file.name,
                "application/octet-stream",
                on_click="ignore",
                icon=":material/download:",
                width="stretch",
            )


def _line() -> tuple[DeltaGenerator, DeltaGenerator]:
    button, words = st.columns([2, 7], vertical_alignment="center")
    return button, words
