"""The picture of a net as a file of its own: fixed colours, a white ground, its own size."""

import re

from explorer.charts.diagram.picture import svg
from resnet.cost import cost
from resnet.spec import NetSpec

INK, PAPER = "#1c2024", "#ffffff"
FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
MARGIN = 16


def picture_file(spec: NetSpec) -> str:
    """SVG that looks the same in a browser, a document or a slide, whatever surrounds it."""
    drawn = svg(cost(spec))
    opening, inside = drawn.split(">", 1)
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', opening)
    label = re.search(r'aria-label="[^"]*"', opening)
    assert box and label, opening
    width, height = int(box[1]) + 2 * MARGIN, int(box[2]) + 2 * MARGIN
    frame = f"{-MARGIN} {-MARGIN} {width} {height}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame}" width="{width}" '
        f'height="{height}" role="img" {label[0]} font-size="13" font-family="{FONT}" '
        f'fill="{INK}">'
    )
    ground = f'<rect x="{-MARGIN}" y="{-MARGIN}" width="{width}" height="{height}" fill="{PAPER}"/>'
    titles = re.match(r"(<title>.*?</title>)?(<desc>.*?</desc>)?", inside, re.DOTALL)
    assert titles
    told, rest = titles[0], inside[titles.end() :]
    return f"{head}{told}{ground}{rest}".replace("currentColor", INK)
