"""The one way to read an image: what becomes of each kind, and what is refused before it costs."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from resnet.images import pixels, scans
from resnet.images.reading import (
    CLOSED,
    DAMAGED,
    EMPTY,
    FORMATS,
    LARGE,
    NONE,
    OF_VISITORS,
    ImageError,
    Limits,
    formats_of,
    is_image,
    is_named_image,
    read,
)

PICTURE = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)


def saved(image, kind="PNG", **settings):
    stream = io.BytesIO()
    image.save(stream, kind, **settings)
    return stream.getvalue()


def seen(data, **settings):
    return np.asarray(read(data, **settings).rgb)


def refused(data, why, words, **settings):
    with pytest.raises(ImageError, match=words) as told:
        read(data, **settings)
    assert told.value.why == why


LOSSLESS = ("PNG", "BMP", "DIB", "TIFF", "PPM", "PCX", "SGI", "QOI", "TGA", "DDS")


@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_picture_is_taken_pixel_for_pixel(kind):
    data = saved(Image.fromarray(PICTURE), kind)
    assert np.array_equal(seen(data, formats=FORMATS), PICTURE)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "JPEG2000", "AVIF", "MPO"])
def test_the_other_kinds_that_cameras_and_browsers_write_are_read(kind):
    Image.init()
    if kind not in Image.SAVE:
        pytest.skip(f"this Pillow writes no {kind}")
    grey = Image.new("RGB", (32, 32), (120, 120, 120))
    assert np.abs(seen(saved(grey, kind), formats=OF_VISITORS).astype(int) - 120).max() < 6


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_an_image_is_seen_upright_however_the_camera_was_held(kind, orientation):
    upright = Image.new("RGB", (48, 32))
    upright.paste((255, 255, 255), (0, 0, 24, 8))  # above, on the left
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    lying = upright.transpose(back[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[pixels.ORIENTATION] = orientation
    found = read(saved(lying, kind, exif=exif)).rgb
    assert found.size == (48, 32)
    assert np.abs(np.asarray(found).astype(int) - np.asarray(upright)).mean() < 12


def test_exif_that_is_damaged_does_not_hide_the_image():
    data = saved(Image.fromarray(PICTURE), "PNG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff")
    assert np.array_equal(seen(data), PICTURE)


DEEP = np.arange(1024, dtype=np.uint16).reshape(32, 32) * 60


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_keep_their_upper_eight(kind):
    picture = read(saved(Image.fromarray(DEEP), kind))
    assert picture.done == {pixels.DEEP}
    assert np.array_equal(np.asarray(picture.rgb)[..., 0], DEEP >> 8)


@pytest.mark.parametrize("values", [np.float32, np.int32])
def test_floats_and_32_bits_go_from_their_least_value_to_their_largest(values):
    ramp = np.linspace(-1000, 1e6, 1024).reshape(32, 32).astype(values)
    picture = read(saved(Image.fromarray(ramp), "TIFF"))
    grey = np.asarray(picture.rgb)[..., 0]
    assert picture.done == {pixels.SCALED}
    assert (grey[0, 0], grey[-1, -1]) == (0, 255)
    assert (np.diff(grey.flatten().astype(int)) >= 0).all()


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_does_not_spoil_the_rest(odd):
    ramp = np.linspace(-3e38, 3e38, 1024, dtype=np.float32).reshape(32, 32)
    ramp[5, 5] = odd
    grey = seen(saved(Image.fromarray(ramp), "TIFF"))[..., 0]
    assert (grey[0, 0], grey[-1, -1]) == (0, 255)
    assert grey[5, 5] == (255 if odd == np.inf else 0)
    flat = np.full((4, 4), odd, np.float32)
    assert (seen(saved(Image.fromarray(flat), "TIFF")) == 0).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_lies_on_white(mode):
    clear = Image.new("RGBA", (8, 8), (9, 9, 9, 0))
    image = clear.convert(mode) if mode != "PA" else clear.quantize(4)
    picture = read(saved(image))
    assert (np.asarray(picture.rgb) == 255).all() and picture.done == {pixels.SEE_THROUGH}
    whole = read(saved(Image.fromarray(PICTURE).convert("RGBA")))
    assert np.array_equal(np.asarray(whole.rgb), PICTURE) and not whole.done


def test_a_grey_that_is_named_transparent_lies_on_white():
    grey = np.full((8, 8), 30_000, np.uint16)
    grey[0, 0] = 1234
    data = saved(Image.fromarray(grey), "PNG", transparency=1234)
    found = seen(data)[..., 0]
    assert found[0, 0] == 255 and found[1, 1] == 30_000 >> 8


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LAB"])
def test_other_ways_to_write_colours_become_rgb(mode):
    kind = "TIFF" if mode in ("CMYK", "YCbCr", "LAB") else "PNG"
    image = Image.fromarray(PICTURE)
    if mode == "LAB":
        image = Image.new("LAB", (32, 32), (128, 128, 128))
        assert np.ptp(seen(saved(image, kind)).mean((0, 1))) < 8
        return
    image = image.convert(mode)
    expected = Image.open(io.BytesIO(saved(image, kind))).convert("RGB")
    assert np.array_equal(seen(saved(image, kind)), np.asarray(expected))


def test_a_cmyk_jpeg_is_not_inverted():
    paper = Image.new("CMYK", (32, 32), (0, 0, 0, 0))
    assert seen(saved(paper, "JPEG")).min() > 250


def test_postscript_is_not_run_whatever_it_is_called(tmp_path, monkeypatch):
    def run(*_, **__):
        pytest.fail("another program was run")

    monkeypatch.setattr("subprocess.check_call", run)
    data = saved(Image.fromarray(PICTURE), "EPS")
    for name in ("a.png", "a.jpg", "a.eps"):
        (tmp_path / name).write_bytes(data)
        refused(tmp_path / name, NONE, "is PostScript, which another program would have to run")
    assert not {"EPS", "WMF", "GRIB", "BUFR", "HDF5", "MPEG", "FITS"} & set(FORMATS)
    assert not is_named_image("a.eps") and not is_image(tmp_path / "a.eps")


@pytest.mark.parametrize(
    ("data", "why", "words"),
    [
        (b"", EMPTY, "is empty"),
        (b"<html>404", NONE, "is a web page or other text"),
        (b"hello", NONE, "is no image of a kind that is read"),
        (saved(Image.fromarray(PICTURE))[:900], DAMAGED, "is cut off or damaged"),
    ],
)
def test_a_file_that_is_no_image_is_told_from_a_damaged_one(data, why, words):
    refused(data, why, words)


def test_a_file_that_cannot_be_opened_is_called_so(tmp_path):
    refused(tmp_path / "gone.png", CLOSED, "cannot be opened")


def test_a_format_without_a_signature_needs_a_name(tmp_path):
    file = tmp_path / "a.tga"
    Image.fromarray(PICTURE).save(file)
    assert np.array_equal(seen(file, formats=formats_of(file.name)), PICTURE)
    file.rename(tmp_path / "a.png")
    refused(tmp_path / "a.png", NONE, "no image", formats=formats_of("a.png"))


def test_too_many_pixels_are_refused_before_one_is_decoded(monkeypatch):
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", lambda self: pytest.fail("decoded"))
    data = saved(Image.new("1", (2000, 1001)))
    few = Limits(2_000_000)
    refused(data, LARGE, "has 2000x1001 pixels, more than 2 million", limits=few)
    words = "has 2000x1001 pixels, more than 1,999 along a side"
    refused(data, LARGE, words, limits=Limits(side=1999))


def progressive(count):
    """A progressive JPEG of few bytes whose last scan comes `count` times."""
    data = saved(Image.new("L", (1024, 1024), 90), "JPEG", progressive=True)
    end, start = data.rindex(b"\xff\xd9"), data.rindex(b"\xff\xda")
    return data[:start] + count * data[start:end] + data[end:]


def test_the_scans_of_a_jpeg_are_counted_without_decoding_it():
    noise = Image.fromarray(PICTURE).resize((200, 200))
    thumbnail = saved(noise, "JPEG")
    exif = b"Exif\0\0" + thumbnail  # whose own scan is none of the image
    assert scans.count(saved(noise, "JPEG", exif=exif), 99) == 1
    assert scans.count(saved(noise, "JPEG", progressive=True), 99) == 10
    assert scans.count(progressive(50), 99) >= 50
    assert scans.count(progressive(50), 7) == 7


def test_a_jpeg_of_very_many_scans_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(
        "PIL.JpegImagePlugin.JpegImageFile.load", lambda self: pytest.fail("decoded")
    )
    refused(progressive(2000), LARGE, "is a JPEG of more than 100 scans")


def test_a_large_jpeg_may_have_fewer_scans_and_always_those_that_programs_write():
    assert scans.most(32 * 32) == 100
    assert scans.most(25_000_000) == 40
    assert scans.most(10**9) == 10


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP", "PPM"])
def test_any_change_of_any_byte_gives_an_image_or_a_reason(kind):
    data = saved(Image.fromarray(PICTURE[:8, :8]), kind)
    rng = np.random.default_rng(1)
    for at in rng.integers(0, len(data), 40):
        changed = bytearray(data)
        changed[at] ^= int(rng.integers(1, 256))
        try:
            assert read(bytes(changed), limits=Limits(100_000)).rgb.mode == "RGB"
        except ImageError as error:
            assert str(error)


def test_an_icon_that_claims_a_size_is_bounded_by_pillow_at_least():
    png = saved(Image.new("1", (4, 4)))
    png = png[:16] + struct.pack(">II", 60_000, 60_000) + png[24:]
    icon = struct.pack("<HHHBBBBHHII", 0, 1, 1, 4, 4, 0, 0, 1, 32, len(png), 22) + png
    with pytest.raises(ImageError):
        read(icon)
