"""Text from outside as Markdown shows it, and as a spreadsheet reads it."""

import pytest

from explorer.report.formatting import JOINER, cell, escaped, unlinked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain-56", "plain\\-56"),
        ("[x](http://a.b)", f"\\[x\\]\\(http\\:{JOINER}//a\\.b\\)"),
        ("a\n===", "a\n\\=\\=\\="),
        ("    code", "code"),
        ("one\n\n    code", "one\n\ncode"),
    ],
)
def test_markdown_has_no_hold(text, shown):
    assert escaped(text) == shown


@pytest.mark.parametrize(
    "text",
    ["https://a.example", "HTTP://A.EXAMPLE", "www.a.example", "WWW.a.example", "me@a.example",
     ":tada:", ":+1:", ":material/star:", "xmpp:me@a.example", "mailto:me@a.example"],
)  # fmt: skip
def test_what_would_be_found_by_its_look_is_parted(text):
    assert unlinked(text) != text
    assert unlinked(text).replace(JOINER, "") == text


def test_other_text_stays_what_it_is():
    for text in ("class 7b: first try, 3 % @ 5", "fresh:resnet21-A was left out"):
        assert unlinked(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|x"])
def test_a_formula_becomes_text(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain-56", "CIFAR-10 (JPEG)", "a=1", "8 x 8"])
def test_other_cells_stay_what_they_are(text):
    assert cell(text) == text
