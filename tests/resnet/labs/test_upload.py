"""Uploaded pictures: what is taken, what is refused before it is decoded, what becomes of it."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from resnet.labs.bench.progress import LabError
from resnet.labs.sees.upload import MAX_BYTES, as_seen, decoded


def saved(image, kind="PNG", **settings):
    file = io.BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


def plain(width, height, colour=(200, 30, 90), mode="RGB"):
    return Image.new(mode, (width, height), colour)


def png_claiming(width, height):
    """A PNG whose header claims a size; no pixels follow."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("size", [(32, 32), (100, 40), (7, 300), (1, 1), (2000, 1500)])
def test_any_size_becomes_a_small_square(kind, size):
    pixels = decoded(saved(plain(*size), kind))
    assert pixels.shape == (32, 32, 3) and pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - [200, 30, 90]).max() <= (0 if kind == "PNG" else 6)


def test_a_picture_of_the_right_size_is_taken_pixel_for_pixel():
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    assert np.array_equal(decoded(saved(Image.fromarray(picture))), picture)


def test_the_middle_of_a_wide_picture_is_seen():
    wide = plain(96, 32, (0, 0, 0))
    wide.paste((255, 255, 255), (32, 0, 64, 32))
    assert (decoded(saved(wide)) == 255).all()


def test_transparency_lies_on_white_and_grey_and_palettes_become_rgb():
    assert (decoded(saved(plain(32, 32, (9, 9, 9, 0), "RGBA"))) == 255).all()
    half = decoded(saved(plain(32, 32, (0, 0, 0, 128), "RGBA")))
    assert np.abs(half.astype(int) - 127).max() <= 1
    assert (decoded(saved(plain(32, 32, 77, "L"))) == 77).all()
    palette = plain(32, 32).convert("P", palette=Image.Palette.ADAPTIVE)
    assert np.abs(decoded(saved(palette)).astype(int) - [200, 30, 90]).max() <= 8
    assert np.abs(decoded(saved(plain(32, 32, (0, 0, 0, 0), "CMYK"), "JPEG")) - 255.0).max() <= 3


def test_sixteen_bits_keep_their_upper_eight():
    deep = Image.fromarray(np.full((32, 32), 40_000, np.uint16))
    assert (decoded(saved(deep)) == 40_000 >> 8).all()


def test_the_cameras_rotation_is_applied():
    upright = plain(64, 32, (0, 0, 0))
    upright.paste((255, 255, 255), (0, 0, 32, 32))
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by a quarter
    pixels = decoded(saved(upright, "JPEG", exif=exif, quality=95))
    assert pixels[:12].mean() > 240 and pixels[-12:].mean() < 15


def test_of_an_animation_the_first_frame_counts():
    data = saved(plain(32, 32), save_all=True, append_images=[plain(32, 32, (0, 0, 0))])
    assert (decoded(data) == [200, 30, 90]).all()


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP", "TIFF"])
def test_what_phones_browsers_and_microscopes_write_is_read(kind):
    assert np.abs(decoded(saved(plain(32, 32), kind)).astype(int) - [200, 30, 90]).max() <= 8


@pytest.mark.parametrize("kind", ["EPS", "PCX", "TGA", "ICO", "SGI", "QOI"])
def test_other_formats_are_refused_whatever_they_are_called(kind):
    with pytest.raises(LabError, match=r"the file is .*; save the picture as PNG or JPEG"):
        decoded(saved(plain(32, 32), kind))


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"\xff\xd8\xff", b"<svg></svg>"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(LabError):
        decoded(data)


def test_a_file_too_large_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *args, **more: pytest.fail("it was opened"))
    with pytest.raises(LabError, match=r"the file has 8.0 MB, more than 8 MB"):
        decoded(b"x" * (MAX_BYTES + 1))


@pytest.mark.parametrize("size", [(6000, 5000), (20_001, 4), (60_000, 60_000)])
def test_a_picture_too_large_is_refused_before_a_pixel_is_decoded(size, monkeypatch):
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", lambda self: pytest.fail("decoded"))
    with pytest.raises(LabError, match="at most 25 million pixels are taken"):
        decoded(png_claiming(*size))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_that_pillow_itself_warns_of_is_refused_too():
    with pytest.raises(LabError, match="at most 25 million pixels"):
        decoded(png_claiming(12_000, 9_000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_every_cut_of_a_file_is_refused_in_words_or_seen(kind):
    noise = np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8)
    data = saved(Image.fromarray(noise), kind)
    for end in range(0, len(data), max(1, len(data) // 60)):
        try:
            assert decoded(data[:end]).shape == (32, 32, 3)
        except LabError as error:
            assert "picture" in str(error)


def test_a_net_for_16_pixels_gets_the_mean_of_two_by_two():
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    whole, small = as_seen(picture, 32), as_seen(picture, 16)
    assert np.array_equal(whole, picture.transpose(2, 0, 1)) and whole.dtype == np.uint8
    assert small.shape == (3, 16, 16) and small.dtype == np.uint8
    assert small[1, 3, 5] == np.round(picture[6:8, 10:12, 1].mean())


def test_the_mean_is_the_one_that_training_takes(images):
    import torch

    from resnet.data.batches import Batches
    from resnet.spec import Recipe

    batches = Batches(images, Recipe(image_size=16), torch.device("cpu"))
    whole = Batches(images, Recipe(), torch.device("cpu"))
    for large, small in zip(whole.test.images[:5], batches.test.images[:5], strict=True):
        mine = as_seen(large.permute(1, 2, 0).numpy(), 16)
        assert np.array_equal(mine, small.numpy())
