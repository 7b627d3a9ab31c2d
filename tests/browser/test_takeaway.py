"""What a visitor takes home: a PyTorch file that runs, pictures that open; a cross-check, kept."""

import io
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image
from playwright.sync_api import expect

TAKE = "/build?net=resnet20-A&section=takeaway"
CHECK = "/build?net=resnet20-B-nonorm&section=check"


def downloaded(page, label):
    """The name and the path of what a button gives."""
    with page.expect_download() as caught:
        page.get_by_role("button", name=label).click()
    return caught.value.suggested_filename, Path(caught.value.path())


def test_the_pytorch_file_is_downloaded_and_runs_with_torch_alone(open_page, tmp_path):
    name, path = downloaded(open_page(TAKE), "PyTorch file")
    assert name == "resnet20_a.py"
    (tmp_path / name).write_bytes(path.read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", name], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("269,722 parameters")


def test_the_table_and_the_pictures_are_downloaded(open_page):
    page = open_page(TAKE)
    name, path = downloaded(page, "Layer table, CSV")
    assert name == "resnet20-A.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    assert "parameters" in header
    assert len(rows) > 50

    name, path = downloaded(page, "Picture, SVG")
    assert name == "resnet20-A.svg"
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    width, height = int(root.attrib["width"]), int(root.attrib["height"])

    name, path = downloaded(page, "Picture, PNG")
    assert name == "resnet20-A.png"
    drawn = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
    assert drawn.size == (2 * width, 2 * height)
    assert drawn.getpixel((2, 2)) == (255, 255, 255)
    assert len(drawn.getcolors(maxcolors=1 << 24)) > 20


def test_a_cross_check_is_counted_by_the_worker_and_kept(open_page):
    page = open_page(CHECK)
    page.get_by_role("button", name="Count with torchinfo").click()
    expect(page.get_by_text("Equal to the last digit")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("200,714: it adds biases at every output value")).to_be_visible()
    page = open_page(CHECK)
    expect(page.get_by_text("Equal to the last digit")).to_be_visible()
