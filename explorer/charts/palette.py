"""The one visual language: hue says plain or residual, darkness says depth, a marker the shortcut.

Colours are set in OKLCH, where equal steps of lightness look equal, so that a deeper net is darker
than a shallower one in either hue and in either theme. Vermillion and blue stay apart for
colour-blind eyes. Curves of one kind and depth get steps of lightness around that
colour. Every colour has a contrast of 3:1 or more to the page (WCAG 2.1, 1.4.11).

Imports no streamlit.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, log, radians, sin

from resnet.spec import NetSpec

PAGE = {"light": "#FFFFFF", "dark": "#171614"}  # Streamlit 1.67's backgrounds
SHALLOWEST, DEEPEST = 8, 1202
LIGHTNESS = {"light": (0.655, 0.27), "dark": (0.88, 0.52)}  # at the shallowest, at the deepest
HUE = {"plain": (52.0, 36.0), "residual": (235.0, 262.0)}  # degrees
CHROMA = {"plain": 0.17, "residual": 0.15}
STEP = 0.13  # of lightness between two curves that would look alike
VISIBLE = {"light": (0.22, 0.655), "dark": (0.52, 0.9)}  # lightness with a contrast of 3:1

MARKERS = {"none": "circle", "A": "square", "B": "diamond", "C": "cross"}  # plotly's names
MARKER_FORMS = ("", "-open", "-open-dot")  # of nets that share shortcut, kind and depth

# Readable on either page: tints of the stages (translucent, with words on them), and shortcuts.
STAGE_TINTS = ("#159A8C", "#7F9A1F", "#B8860B", "#A060B8")
OUTSIDE_TINT = "#808890"
SHORTCUT = "#2F7FD0"


def colour(spec: NetSpec, theme: str) -> str:
    """The "#rrggbb" of a net's curves and names; `theme` is "light" or "dark"."""
    return _colour("plain" if spec.plain else "residual", spec.depth, theme)


def marker(spec: NetSpec) -> str:
    """The plotly symbol of a net's shortcut option."""
    return MARKERS[str(spec.shortcut)]


def colours(specs: Sequence[NetSpec], theme: str) -> list[str]:
    """A colour for each curve of one chart, no two the same.

    Curves of the same kind and depth (shortcuts A, B, C; one net with two recipes) share the hue
    and stand apart by lightness, in their order from light to dark.
    """
    alike: dict[tuple[bool, int], list[int]] = {}
    for place, spec in enumerate(specs):
        alike.setdefault((spec.plain, spec.depth), []).append(place)
    found = [colour(spec, theme) for spec in specs]
    for (plain, depth), places in alike.items():
        kind = "plain" if plain else "residual"
        if len(places) > 1:
            for place, lightness in zip(places, _steps(depth, len(places), theme), strict=True):
                found[place] = _shade(kind, depth, lightness)
    return found


def markers(specs: Sequence[NetSpec]) -> list[str]:
    """A plotly symbol for each curve of one chart; what looks alike otherwise gets a form of it."""
    seen: dict[tuple[str, int], int] = {}
    found = []
    for spec in specs:
        key = (str(spec.shortcut), spec.depth)
        found.append(marker(spec) + MARKER_FORMS[seen.get(key, 0) % len(MARKER_FORMS)])
        seen[key] = seen.get(key, 0) + 1
    return found


def stage_tint(stage: int, stages: int) -> str:
    """The tint of a stage, 1 to `stages`; grey before the first stage and after the last."""
    return STAGE_TINTS[stage - 1] if 1 <= stage <= stages else OUTSIDE_TINT


def depth_share(depth: int) -> float:
    """0 at depth 8, 1 at 1202, over log depth, steepest where the paper's nets are (20 to 110)."""
    share = (log(max(depth, SHALLOWEST) / SHALLOWEST) / log(DEEPEST / SHALLOWEST)) ** 0.75
    return share * share * (3 - 2 * share)


def _steps(depth: int, count: int, theme: str) -> list[float]:
    """So many lightnesses around that of a depth, as far as the page lets them be seen."""
    low, high = VISIBLE[theme]
    step = min(STEP, (high - low) / (count - 1))
    reach = step * (count - 1) / 2
    middle = min(max(_lightness(depth, theme), low + reach), high - reach)
    return [middle + reach - step * place for place in range(count)]


def _lightness(depth: int, theme: str) -> float:
    start, end = LIGHTNESS[theme]
    return start + depth_share(depth) * (end - start)


def _colour(kind: str, depth: int, theme: str) -> str:
    return _shade(kind, depth, _lightness(depth, theme))


@lru_cache(maxsize=512)
def _shade(kind: str, depth: int, lightness: float) -> str:
    start, end = HUE[kind]
    hue = start + depth_share(depth) * (end - start)
    chroma = CHROMA[kind]
    rgb = _linear_rgb(lightness, chroma, hue)
    while min(rgb) < 0 or max(rgb) > 1:
        chroma -= 0.002  # into what a screen can show, at the same lightness and hue
        rgb = _linear_rgb(lightness, chroma, hue)
    return "#" + "".join(f"{round(255 * _encoded(light)):02x}" for light in rgb)


def _linear_rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """OKLCH to linear sRGB (B. Ottosson 2020, "A perceptual color space for image processing")."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _encoded(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
