"""The one visual language: hue says plain or residual, darkness says depth, a marker the shortcut.

Colours are set in OKLCH, where equal steps of lightness look equal, so that a deeper net is darker
than a shallower one in either hue and in either theme. Vermillion and blue stay apart for
colour-blind eyes. Every colour has a contrast of 3:1 or more to the page (WCAG 2.1, 1.4.11).
"""

from functools import lru_cache
from math import cos, log, radians, sin

from resnet.spec import NetSpec

PAGE = {"light": "#FFFFFF", "dark": "#171614"}  # Streamlit 1.67's backgrounds
SHALLOWEST, DEEPEST = 8, 1202
LIGHTNESS = {"light": (0.655, 0.27), "dark": (0.88, 0.52)}  # at the shallowest, at the deepest
HUE = {"plain": (52.0, 36.0), "residual": (235.0, 262.0)}  # degrees
CHROMA = {"plain": 0.17, "residual": 0.15}

MARKERS = {"none": "circle", "A": "square", "B": "diamond", "C": "cross"}  # plotly's names

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


def stage_tint(stage: int, stages: int) -> str:
    """The tint of a stage, 1 to `stages`; grey before the first stage and after the last."""
    return STAGE_TINTS[stage - 1] if 1 <= stage <= stages else OUTSIDE_TINT


def depth_share(depth: int) -> float:
    """0 at depth 8, 1 at 1202, over log depth, steepest where the paper's nets are (20 to 110)."""
    share = (log(max(depth, SHALLOWEST) / SHALLOWEST) / log(DEEPEST / SHALLOWEST)) ** 0.75
    return share * share * (3 - 2 * share)


@lru_cache(maxsize=512)
def _colour(kind: str, depth: int, theme: str) -> str:
    share = depth_share(depth)
    lightness, hue = (start + share * (end - start) for start, end in (LIGHTNESS[theme], HUE[kind]))
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
