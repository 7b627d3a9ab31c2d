"""Which classes are taken for which: counts as they are, the pair that is worst, the mistakes."""

import numpy as np
import pytest

from explorer.views.why.labs.confusion.figures import confusion_figure, row_shares
from explorer.views.why.labs.sees.pictures import gallery
from resnet.labs.sees.confusion_words import of_each, said, worst
from resnet.labs.sees.result import Confusion, Mistake
from tests.explorer.views.why.panels import asked, charts, drawn, text

KEPT = "kept from training"


def result(counts, net="resnet56-A", classes=("cat", "dog", "ship"), mistakes=(), statistics=KEPT):
    counts = np.asarray(counts, np.int32)
    total = int(counts.sum())
    return Confusion(
        net=net,
        images=total,
        statistics=statistics,
        classes=tuple(classes),
        counts=counts,
        error=100 * (1 - float(np.trace(counts)) / total),
        mistakes=tuple(mistakes),
    )


MIXED = [[6, 3, 1], [2, 8, 0], [0, 0, 0]]


def mistake(index=3, label="cat", said="dog", probability=0.98, of_label=0.001):
    return Mistake(index, np.full((16, 16, 3), 9, np.uint8), label, said, probability, of_label)


def test_the_heat_map_is_shaded_by_row_and_numbered_by_count():
    heat, counts = confusion_figure(result(MIXED), "light").data
    np.testing.assert_allclose(heat.z, [[60, 30, 10], [20, 80, 0], [0, 0, 0]])
    np.testing.assert_array_equal(heat.customdata, MIXED)
    cells = dict(zip(zip(counts.y, counts.x, strict=True), counts.text, strict=True))
    assert cells[("cat", "dog")] == "3" and cells[("dog", "dog")] == "<b>8</b>"
    assert ("ship", "ship") not in cells
    assert confusion_figure(result(MIXED), "light").layout.xaxis.title.text == "what the net said"


def test_the_hue_says_plain_or_residual():
    scales = [
        confusion_figure(result(MIXED, net), "dark").data[0].colorscale[-1][1]
        for net in ("plain56", "resnet56-A")
    ]
    assert scales[0] != scales[1]


def test_a_class_without_images_has_no_error():
    assert row_shares(result(MIXED))[2].tolist() == [0, 0, 0]
    errors = of_each(result(MIXED))
    assert errors[:2].tolist() == pytest.approx([40, 20]) and np.isnan(errors[2])


def test_many_classes_are_not_numbered():
    names = [f"class {at}" for at in range(30)]
    assert len(confusion_figure(result(np.eye(30), classes=names), "light").data) == 1


def test_the_worst_pair_is_told_both_ways_round():
    assert worst(result(MIXED)) == ("cat", "dog", 3, 2)
    words = said([result(MIXED)])
    assert words.numbers == (("ResNet-56", "30.0 %", "error on 20 images"),)
    assert "cat for dog (3 times; 2 the other way round)" in text(words)
    assert "wrong about cat in 40 %, about dog in 20 %" in text(words)


def test_the_worst_pair_is_called_so_where_more_images_would_not_change_it():
    few, many = text(said([result(MIXED)])), text(said([result(10 * np.array(MIXED))]))
    assert "takes, as often as others or more, cat for dog" in few  # 3 times against 2
    assert "about dog in 20 %, which so few images cannot tell apart" in few
    clear = text(said([result([[60, 39, 1], [5, 95, 0], [0, 0, 100]])]))
    assert "ResNet-56 most often takes cat for dog (39 times" in clear
    assert "about ship in 0 %;" not in clear and "so few images" not in clear
    assert "cannot tell apart" not in many


def test_an_error_that_so_few_images_cannot_tell_from_the_papers_is_left_open():
    words = text(said([result([[45, 5, 0], [0, 50, 0], [0, 0, 0]])]))
    assert "6.97 % for ResNet-56, here too few images to tell more from less by" in words


def test_an_error_at_the_papers_is_the_same_within_a_bound():
    words = text(said([result([[930, 70, 0], [70, 930, 0], [0, 0, 0]])]))
    assert "6.97 % for ResNet-56, here the same within 1.4 points" in words


def test_figures_say_what_they_are():
    words = text(said([result(MIXED, "resnet110-A")]))
    assert "in a single view: Table 6 has 6.43 %, best of five runs, mean 6.61 ± 0.16 %" in words
    assert "Not kept: theirs is after 64,000 iterations on the 10,000 test images" in words


def test_the_papers_error_stands_beside_ours_either_way():
    assert "6.97 % for ResNet-56, here 23.0 points more" in text(said([result(MIXED)]))
    better = result([[99, 1, 0], [0, 100, 0], [0, 0, 100]])
    assert "here 6.6 points less" in text(said([better]))
    assert "none for plain-56" in text(said([result(MIXED, "plain56")]))


def test_a_net_that_makes_no_mistake():
    words = text(said([result(np.diag([5, 5, 5]))]))
    assert "right about all 15 images" in words and "most often" not in words


def test_untrained_nets_are_said_to_guess():
    fresh = "taken from the images shown, for the net is untrained"
    assert "untrained ResNet-56 can only guess" in text(said([result(MIXED, statistics=fresh)]))
    assert "can only guess" not in text(said([result(MIXED)]))


def test_the_gallery_says_what_it_is_what_was_said_and_how_sure():
    html = gallery([mistake(), mistake(index=1234, label="<script>", probability=0.999)])
    assert "it is: <b>cat</b>" in html and "it said: <b>dog</b>" in html
    assert "98 % sure, under 1 % for cat" in html and "over 99 % sure" in html
    assert "image 1,234" in html and "<script>" not in html
    assert html.count("image-rendering:pixelated") == 2


def test_a_mistake_without_pixels_has_no_picture():
    bare = Mistake(0, np.zeros((0, 0, 3), np.uint8), "cat", "dog", 0.9, 0.1)
    assert "<img" not in gallery([bare])


def test_the_panel_draws_a_map_and_a_gallery_for_each_net():
    many = [mistake(index) for index in range(10)]
    page = drawn("confusion", [result(MIXED, "plain56", mistakes=many), result(MIXED)])
    assert asked(page)[1] == {} and len(charts(page)) == 2
    assert page.expander[0].label == "4 more"
    assert any("makes none on these images" in each.value for each in page.markdown)
