"""The panel of the lab "sees"."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.sees.figures import answers_figure
from explorer.views.why.labs.sees.image_choice import image_choice
from explorer.views.why.labs.sees.pictures import img, mosaic
from explorer.views.why.layout import begin, chart, told
from explorer.views.why.panel import Panel
from resnet.labs import LABS
from resnet.labs.sees.result import Seen
from resnet.labs.sees.words import maps_words, said
from resnet.labs.sentences import names
from resnet.spec.checks import listed

PICTURE = 260  # px
MAPS = 420


@told(said)
def show(results: Sequence[Seen], theme: str) -> None:
    left, right = st.columns([1, 3], gap="large")
    first = results[0]
    with left:
        label = f"It is: {first.label}" if first.label is not None else "Nobody said what it is"
        if first.image.size:
            side = first.image.shape[0]
            st.markdown(f"**The image**, {side} x {side} pixels")
            st.html(img(first.image, PICTURE, label))
        st.text(label)
    with right:
        chart(
            answers_figure(results, theme),
            f"why_sees_answers_{len(results)}",
            f"The five likeliest classes: {listed(names(results))}",
        )
    st.caption("✓ marks what the image is; hatched bars are other classes.")
    _show_maps(results)


def _show_maps(results: Sequence[Seen]) -> None:
    st.markdown("**What each stage makes of it**: its feature maps")
    chosen = 0
    if len(results) > 1:
        named = names(results)
        pressed = st.segmented_control(
            "Net",
            range(len(results)),
            format_func=named.__getitem__,
            required=True,
            key=begin(f"why_sees_net_{len(results)}", 0),
        )
        chosen = pressed or 0
    each = results[min(chosen, len(results) - 1)]
    for column, maps in zip(st.columns(len(each.maps)), each.maps, strict=True):
        with column:
            words = maps_words(maps)
            st.html(img(mosaic(maps.shades), MAPS, f"feature maps, {words}"))
            st.caption(f"{words[0].upper()}{words[1:]}")


PANEL = Panel(
    lab=LABS["sees"],
    question="What does a net answer to one picture, and what do its stages make of it?",
    settings=image_choice,
    show=show,
)
