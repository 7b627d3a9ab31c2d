"""Hue says plain or residual, darkness says depth: on both pages, and for colour-blind eyes."""

import itertools

import pytest

from explorer.charts import palette
from resnet.spec import NetSpec

THEMES = ("light", "dark")
PAGES = {"light": ("#FFFFFF",), "dark": (palette.PAGE["dark"], "#0E1117")}  # of now, and before
DEPTHS = (8, 20, 32, 44, 56, 110, 1202)
NETS = [NetSpec(depth=depth, shortcut=shortcut) for depth in DEPTHS for shortcut in ("none", "A")]

# Machado et al. 2009, severity 1.0, on linear sRGB.
COLOUR_BLIND = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(code: str) -> list[float]:
    parts = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def luminance(rgb: list[float]) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.1's contrast ratio."""
    low, high = sorted(luminance(linear(code)) for code in (one, other))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: list[float]) -> tuple[float, float, float]:
    r, g, b = (max(0.0, part) for part in rgb)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def seen(code: str, eyes: str) -> tuple[float, float, float]:
    rgb = linear(code)
    return oklab([sum(w * p for w, p in zip(row, rgb, strict=True)) for row in COLOUR_BLIND[eyes]])


def distance(one: str, other: str, eyes: str) -> float:
    pair = zip(seen(one, eyes), seen(other, eyes), strict=True)
    return sum((a - b) ** 2 for a, b in pair) ** 0.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("net", NETS, ids=str)
def test_every_colour_stands_out_from_the_page(net: NetSpec, theme: str) -> None:
    assert all(contrast(palette.colour(net, theme), page) >= 3 for page in PAGES[theme])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("shortcut", ["none", "A"])
@pytest.mark.parametrize("eyes", COLOUR_BLIND)
def test_deeper_is_darker_and_visibly_so(theme: str, shortcut: str, eyes: str) -> None:
    nets = [NetSpec(depth=depth, shortcut=shortcut) for depth in DEPTHS]
    lightness = [seen(palette.colour(net, theme), eyes)[0] for net in nets]
    assert lightness == sorted(lightness, reverse=True)
    by_depth = dict(zip(DEPTHS, lightness, strict=True))
    for shallow, deep in itertools.pairwise((20, 56, 110, 1202)):
        assert by_depth[shallow] - by_depth[deep] > 0.05


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", COLOUR_BLIND)
def test_plain_and_residual_nets_differ_for_all_eyes(theme: str, eyes: str) -> None:
    plain = [palette.colour(net, theme) for net in NETS if net.plain]
    residual = [palette.colour(net, theme) for net in NETS if not net.plain]
    for one, other in itertools.product(plain, residual):
        assert distance(one, other, eyes) > 0.09


def test_the_shortcut_option_is_a_marker_and_never_a_hue() -> None:
    nets = [NetSpec(depth=56, shortcut=option) for option in ("none", "A", "B", "C")]
    assert len({palette.marker(net) for net in nets}) == 4
    assert len({palette.colour(net, "light") for net in nets[1:]}) == 1


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "names",
    [
        ["resnet56-A", "resnet56-B", "resnet56-C"],
        ["plain20", "plain20-tanh", "plain20-sigmoid"],
        ["plain110"] * 6,
        ["resnet1202-A"] * 3,
    ],
    ids=" ".join,
)
def test_curves_of_one_kind_and_depth_differ_in_lightness(names: list[str], theme: str) -> None:
    nets = [NetSpec.parse(name) for name in [*names, "plain8", "resnet8-A"]]
    codes = palette.colours(nets, theme)
    assert all(contrast(code, page) >= 3 for code in codes for page in PAGES[theme])
    for eyes in COLOUR_BLIND:
        lightness = [seen(code, eyes)[0] for code in codes[: len(names)]]
        for one, other in itertools.pairwise(lightness):
            assert one - other > 0.05
    assert codes[len(names) :] == [palette.colour(net, theme) for net in nets[len(names) :]]


def test_markers_differ_where_kind_depth_and_shortcut_do_not() -> None:
    names = ["plain20", "plain20-tanh", "plain20-sigmoid", "plain56", "resnet20-B"]
    nets = [NetSpec.parse(name) for name in names]
    assert palette.markers(nets) == [
        "circle",
        "circle-open",
        "circle-open-dot",
        "circle",
        "diamond",
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tint", [palette.SHORTCUT, *palette.STAGE_TINTS, palette.OUTSIDE_TINT])
def test_what_the_diagram_draws_stands_out_in_both_themes(tint: str, theme: str) -> None:
    assert all(contrast(tint, page) >= 3 for page in PAGES[theme])


def test_the_stages_have_tints_of_their_own() -> None:
    assert len({palette.stage_tint(stage, 4) for stage in range(6)}) == 5
    assert palette.stage_tint(0, 3) == palette.stage_tint(4, 3) == palette.OUTSIDE_TINT
