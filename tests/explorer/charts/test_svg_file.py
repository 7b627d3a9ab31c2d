"""The picture as a file: it stands by itself, with colours and a ground of its own."""

from xml.etree import ElementTree

from explorer.charts.diagram.svg_file import MARGIN, PAPER, picture_file
from resnet.spec import NetSpec

SVG = "{http://www.w3.org/2000/svg}"


def test_every_net_gives_a_file_that_stands_by_itself(any_net):
    text = picture_file(any_net)
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    for inherited in ("currentColor", "inherit", "var(", "100%"):
        assert inherited not in text
    left, top, width, height = map(int, root.attrib["viewBox"].split())
    assert (left, top) == (-MARGIN, -MARGIN)
    assert (root.attrib["width"], root.attrib["height"]) == (str(width), str(height))
    ground = root.find(f"{SVG}rect")
    assert ground.attrib["fill"] == PAPER
    assert root.find(f"{SVG}title").text == any_net.title


def test_it_shows_what_the_page_shows():
    text = picture_file(NetSpec.parse("resnet56-A"))
    assert "zero-pad 16 to 32" in text
    assert "8 more" in text
