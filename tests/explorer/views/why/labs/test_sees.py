"""What a net sees: top classes as bars, maps as mosaics, images by number or uploaded."""

import base64
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.views.why.labs.sees.figures import answers_figure
from explorer.views.why.labs.sees.pictures import data_url, img, mosaic
from resnet.labs.result import numbers
from resnet.labs.sees.result import Maps, Seen
from resnet.labs.sees.upload import decoded
from resnet.labs.sees.words import maps_words, said
from tests.explorer.views.why.panels import asked, charts, drawn, text

KEPT = "kept from training"
FRESH = "taken from the images shown, for the net is untrained"
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
RNG = np.random.default_rng(0)


def maps(name, channels, side):
    shades = RNG.integers(0, 256, (min(channels, 64), side, side), np.uint8)
    return Maps(name, channels, -0.5, 1.25, shades)


STAGES = (
    maps("stem", 16, 16),
    maps("stage1", 16, 16),
    maps("stage2", 32, 8),
    maps("stage3", 64, 4),
)


def result(net="resnet56-A", top="cat", sure=0.9, label="cat", statistics=KEPT, shown=STAGES):
    others = [name for name in CLASSES if name != top][:4]
    shares = (sure, *((1 - sure) * share for share in (0.5, 0.3, 0.15, 0.05)))
    probabilities = dict(zip((top, *others), shares, strict=True))
    return Seen(
        net=net,
        statistics=statistics,
        image=RNG.integers(0, 256, (16, 16, 3), np.uint8),
        label=label,
        classes=CLASSES,
        probabilities=numbers([probabilities.get(name, 0) for name in CLASSES]),
        top=(top, *others),
        top_probabilities=shares,
        maps=shown,
    )


def pixels_of(url):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))


def picture(mode="RGB", size=(48, 40), kind="PNG"):
    stream = io.BytesIO()
    Image.new(mode, size, 100).save(stream, kind)
    return stream.getvalue()


def test_bars_are_the_likeliest_classes_and_the_right_one_is_filled():
    figure = answers_figure([result("plain56", "dog"), result()], "light")
    wrong, right = figure.data
    assert right.y[0] == "cat" and right.x[0] == pytest.approx(90)
    assert right.text[0] == "90 % ✓" and wrong.text[0] == "90 %"
    assert list(right.marker.pattern.shape) == ["", "/", "/", "/", "/"]
    assert wrong.marker.pattern.shape[0] == "/"
    assert figure.layout.xaxis.title.text == "probability, %"
    assert [each.text for each in figure.layout.annotations] == [
        "<b>plain-56</b>",
        "<b>ResNet-56</b>",
    ]


def test_two_classes_are_enough():
    two = result()
    two = Seen(**{**two.__dict__, "top": ("a", "b"), "top_probabilities": (0.7, 0.3)})
    assert list(answers_figure([two], "dark").data[0].y) == ["a", "b"]


def test_a_mosaic_keeps_every_shade_and_gaps_are_see_through():
    shades = STAGES[2].shades
    sheet = mosaic(shades)
    assert sheet.shape == (6 * 9 - 1, 6 * 9 - 1, 4)
    np.testing.assert_array_equal(sheet[9:17, 18:26, 0], shades[6 + 2])
    assert not sheet[8, :, 3].any() and (sheet[:8, :8, 3] == 255).all()
    assert not sheet[45:, 18:, 3].any()  # no 33rd map


def test_pictures_are_crisp_and_told_in_words():
    pixels = RNG.integers(0, 256, (16, 16, 3), np.uint8)
    np.testing.assert_array_equal(pixels_of(data_url(pixels)), pixels)
    html = img(pixels, 128, 'a <b>"cat"</b>')
    assert "image-rendering:pixelated" in html and "width:128px" in html
    assert "<b>" not in html


def test_maps_say_their_range_and_how_many_are_left_out():
    assert maps_words(STAGES[2]) == "stage 2: 32 maps of 8 x 8, black is -0.5, white 1.2"
    assert "the first 64 of 256 maps" in maps_words(maps("stage3", 256, 4))
    assert maps_words(STAGES[0]).startswith("after the first convolution: 16 maps")


def test_words_say_who_is_right():
    words = said([result("plain56", "dog", 0.6), result()])
    assert words.numbers == (
        ("plain-56", "dog 60 %", "wrong: it is cat"),
        ("ResNet-56", "cat 90 %", "right"),
    )
    assert "ResNet-56 is right" in words.sentences[0]
    assert "twice as many of half the side from stage to stage" in words.sentences[1]
    assert "He et al. 2015, Section 4.2" in words.sentences[1]


def test_words_say_that_none_is_right_and_which_place_it_has():
    words = said([result("plain56", "dog"), result(top="ship")]).sentences[0]
    assert "none is right" in words and "plain-56 has it in place 5" in words
    assert "that is wrong" in said([result(top="ship", label="truck")]).sentences[0]


def test_an_uploaded_picture_has_no_label_and_an_untrained_net_guesses():
    words = said([result(label=None, statistics=FRESH)])
    assert words.numbers[0][2] == "nobody said what it is"
    assert "what the picture shows, nobody said" in words.sentences[0]
    assert "untrained ResNet-56 can only guess" in words.sentences[2]
    assert "guess" not in text(said([result()]))


def test_other_stages_are_not_said_to_be_the_papers():
    other = (maps("stage1", 16, 16), maps("stage2", 16, 8))
    assert "not twice as many of half the side" in said([result(shown=other)]).sentences[1]


def test_names_of_classes_are_no_commands():
    given = result(top="*cat* www.a.b :red[c]", label="*cat*")
    words = said([given])
    assert "*cat*" in words.sentences[0] and "*cat*" in words.numbers[0][1]
    page = drawn("sees", [given])
    shown = "\\*cat\\* www\u2060.a\\.b \\:red\\[c\\]"
    assert page.metric[0].value.startswith(shown)
    assert any(shown in each.value for each in page.markdown)


def test_certainty_is_not_rounded_up():
    assert said([result(sure=0.9999)]).numbers[0][1] == "cat over 99 %"


def test_the_panel_shows_the_image_its_answer_and_the_maps_of_one_net():
    page = drawn("sees", [result("plain56", "dog"), result()])
    assert asked(page)[1] == {"index": 0}
    assert len(charts(page)) == 1
    assert "It is: cat" in [each.value for each in page.get("text")]
    html = [each.proto.body for each in page.get("html")]
    assert len(html) == 1 + len(STAGES)
    page.button_group(key="why_sees_net_2").set_value(1).run()
    assert not page.exception


def test_images_are_chosen_by_number_one_on_one_back_or_at_random():
    page = drawn("sees", [result()])
    page.number_input(key="why_sees_number").set_value(7).run()
    assert asked(page)[1] == {"index": 7}
    page.button(key="why_sees_next").click().run()
    assert asked(page)[1] == {"index": 8}
    for _ in range(9):
        page.button(key="why_sees_previous").click().run()
    assert asked(page)[1] == {"index": 999}  # round and round
    page.button(key="why_sees_random").click().run()
    assert 0 <= asked(page)[1]["index"] <= 999


def uploaded(content, name="picture.png"):
    page = drawn("sees", [result(label=None)])
    page.button_group(key="why_sees_source").set_value("a picture of your own").run()
    assert asked(page)[1] == {"index": 0} and "Until a picture is given" in page.caption[0].value
    page.file_uploader(key="why_sees_file").set_value((name, content, "image/png")).run()
    assert not page.exception
    return page


def test_an_uploaded_picture_goes_into_the_settings_as_the_nets_see_it():
    content = picture()
    page = uploaded(content)
    sent = base64.b64decode(asked(page)[1]["upload"])
    np.testing.assert_array_equal(
        np.frombuffer(sent, np.uint8).reshape(32, 32, 3), decoded(content)
    )
    assert not page.error


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "PNG or JPEG"),
        (b"no picture at all", "PNG or JPEG"),
        (picture(kind="PCX", mode="L"), "PNG or JPEG"),
        (picture()[:60], "damaged"),
        (picture(size=(20_001, 1), mode="1"), "along a side"),
    ],
    ids=["empty", "words", "pcx", "cut short", "too long"],
)
def test_a_bad_upload_gets_one_sentence_and_the_test_image_stays(content, words):
    page = uploaded(content)
    assert asked(page)[1] == {"index": 0}
    (error,) = page.error
    assert words in error.value and error.value[0].isupper()
    assert error.value.endswith("Until then it is test image 0.")


def test_an_uploaded_picture_is_decoded_once_however_often_the_page_runs(monkeypatch):
    times = []

    def counted(content):
        times.append(1)
        return decoded(content)

    monkeypatch.setattr("explorer.views.why.labs.sees.image_choice.decoded", counted)
    page = uploaded(picture())
    page.run()
    page.run()
    assert len(times) == 1 and "upload" in asked(page)[1]


def test_the_panels_are_loaded_without_torch():
    labs = ("shattered", "surface", "residual_size", "variants", "sees", "confusion")
    imports = "; ".join(f"import explorer.views.why.labs.{lab}.panel" for lab in labs)
    code = f"{imports}; import sys; assert 'torch' not in sys.modules"
    root = Path(__file__).parents[5]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-1000:]
