"""The switchboard: switch the blocks of trained nets off by hand."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.layout import told
from explorer.views.why.panel import Panel, Settings
from resnet.labs import LABS
from resnet.labs.lesion.result import Switched
from resnet.labs.lesion.switched_words import said
from resnet.labs.sentences import does
from resnet.plan import plan
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.spec.names import short_titles


def switches(nets: Sequence[str]) -> dict[int, list[str]]:
    """The blocks that can be off in all of these nets, by stage: a plain block must keep the shape
    of the maps, for without a shortcut nothing else would."""
    stages: dict[int, list[str]] = {}
    plans = [plan(NetSpec.parse(net)) for net in nets]
    for block in plans[0].blocks if plans else ():
        twins = [other for each in plans for other in each.blocks if other.name == block.name]
        if len(twins) == len(plans) and all(
            twin.shortcut or twin.in_shape == twin.out_shape for twin in twins
        ):
            stages.setdefault(block.stage, []).append(block.name)
    return stages


def settings_of(nets: Sequence[str]) -> Settings:
    """Draws a switch for every block; {"off": [...]}."""
    board = switches(nets)
    if not board:
        st.markdown("These nets share no block that can be off; choose one net, or a deeper one.")
        return {"off": []}
    off = []
    with st.container(horizontal=True):
        for stage, blocks in board.items():
            by_number = {_number(block): block for block in blocks}
            chosen = st.pills(
                f"Stage {stage}: blocks to switch off",
                list(by_number),
                selection_mode="multi",
                key=_key(stage, list(by_number)),
                width="content",
            )
            off += [by_number[number] for number in by_number if number in chosen]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All on", on_click=_all_on, args=(list(board),), disabled=not off)
        st.caption(_summary(nets, board, off))
    return {"off": off}


def _key(stage: int, numbers: list[int]) -> str:
    """The widget's key; what another net had off and this one has not is forgotten."""
    key = f"why_switched_stage{stage}"
    kept = st.session_state.get(key) or []
    st.session_state[key] = [number for number in kept if number in numbers]
    return key


def _number(block: str) -> int:
    """3 of "stage1.block3"."""
    return int(block.partition(".block")[2])


def _summary(nets: Sequence[str], board: dict[int, list[str]], off: list[str]) -> str:
    """How many are off, and which blocks have no switch."""
    known = {block for blocks in board.values() for block in blocks}
    specs = [NetSpec.parse(net) for net in nets]
    titles = short_titles(specs)
    named = f": {', '.join(off)}" if off else ""
    words = f"{len(off)} of {len(known)} blocks {does(off, 'is', 'are')} off{named}."
    stuck = [
        titles[spec]
        for spec in specs
        if any(not each.shortcut and each.in_shape != each.out_shape for each in plan(spec).blocks)
    ]
    if stuck:
        words += (
            f" Blocks that change the shape of the maps have no switch, for in {listed(stuck)} "
            "nothing could stand in for them."
        )
    return words


def _all_on(stages: list[int]) -> None:
    for stage in stages:
        st.session_state[_key(stage, [])] = []


@told(said)
def show(results: Sequence[Switched], theme: str) -> None:
    """The numbers and sentences say it all."""


PANEL = Panel(
    LABS["switched"],
    "Switch blocks off by hand: how many can a residual net lose before it is left guessing, and "
    "how many a plain one?",
    show,
    lambda: {"off": []},
    most=2,
    settings_of=settings_of,
)
