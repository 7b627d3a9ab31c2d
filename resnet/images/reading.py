"""The one way to read an image file: by its content, within bounds, as RGB.

A file is what its first bytes say, whatever its name. Only formats that are named here are tried:

OF_VISITORS  what phones, cameras, browsers and microscopes write; read of anybody
FORMATS      the older ones too, read of whoever runs the program

Left out although Pillow knows them: EPS and PostScript, which Ghostscript would run; WMF, GRIB,
BUFR, HDF5, which need another program; MPEG, IPTC, FITS, BLP, IM, whose files are no single
image or are unpacked without a bound. Without a signature, the name must say what a file is.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from resnet.images import scans
from resnet.images.pixels import as_rgb

OF_VISITORS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM")
SIGNED = (
    *OF_VISITORS,
    *("DIB", "PSD", "PCX", "DCX", "ICO", "CUR", "ICNS", "SGI", "SUN", "QOI", "XBM", "XPM"),
    *("DDS", "FTEX", "FLI", "MSP", "PIXAR", "GBR", "MCIDAS", "PCD", "XVTHUMB"),
)
UNSIGNED = {"TGA": (".tga", ".icb", ".vda", ".vst"), "SPIDER": (".spi",)}
FORMATS = (*SIGNED, *UNSIGNED)
MAX_PIXELS = 50_000_000

NONE, EMPTY, DAMAGED, LARGE, CLOSED = "no images", "empty", "damaged", "too large", "closed"


class ImageError(ValueError):
    """A file that gives no image.

    why  NONE, EMPTY, DAMAGED, LARGE or CLOSED
    The text goes on where the file's name ends: "is empty".
    """

    def __init__(self, why: str, text: str) -> None:
        super().__init__(text)
        self.why = why


@dataclass(frozen=True)
class Limits:
    """How large an image may be: pixels in all, and along a side where that is bounded."""

    pixels: int = MAX_PIXELS
    side: int | None = None

    @property
    def words(self) -> str:
        along = f", {self.side:,} along a side" if self.side else ""
        return f"at most {self.pixels / 10**6:g} million pixels are taken{along}"


@dataclass(frozen=True)
class Picture:
    """An image in RGB, upright; `done` says what it took, in words of `resnet.images.pixels`."""

    rgb: Image.Image
    done: frozenset[str]


def read(
    source: Path | bytes,
    formats: Sequence[str] = SIGNED,
    limits: Limits | None = None,
    draft: int | None = None,
) -> Picture:
    """The image of a file: the first frame, upright, 8 bits a channel, on white.

    draft  a side to which a large JPEG may be made small while it is decoded

    The size, and how often a JPEG would have to be gone over, are looked at before a pixel is
    decoded. Raises ImageError.
    """
    limits = limits or Limits()
    try:
        with Image.open(_opened(source), formats=_here(tuple(formats))) as image:
            _check_size(image.size, limits)
            if image.format in ("JPEG", "MPO"):
                _check_scans(source, image.size)
            if draft:
                image.draft("RGB", (draft, draft))
            return Picture(*as_rgb(image))
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise _no_image(source) from None
    except (Image.DecompressionBombError, MemoryError) as error:
        raise ImageError(LARGE, "has too many pixels") from error
    except Exception as error:  # a damaged file can fail in any way
        if isinstance(error, OSError) and error.errno is not None and not _begins(source):
            raise ImageError(CLOSED, f"cannot be opened ({error.strerror})") from error
        raise ImageError(DAMAGED, "is cut off or damaged") from error


def formats_of(name: str) -> tuple[str, ...]:
    """What a file of this name may be: all that have a signature, and what its name says it is."""
    end = Path(name).suffix.lower()
    return (*SIGNED, *(kind for kind, ends in UNSIGNED.items() if end in ends))


def is_named_image(name: str) -> bool:
    """Whether a name says that the file is an image of a kind that is read."""
    return Path(name).suffix.lower() in suffixes()


def is_image(path: Path) -> bool:
    """Whether a file begins as an image of a kind that is read, whatever its name."""
    try:
        with Image.open(path, formats=_here(SIGNED)):
            return True
    except Image.DecompressionBombError:
        return True
    except Exception:  # what is no image can fail in any way
        return False


@cache
def suffixes() -> frozenset[str]:
    """The ends of names that images of these formats have, in lower case."""
    known = Image.registered_extensions()
    own = {each for ends in UNSIGNED.values() for each in ends}
    return frozenset(own | {end for end, kind in known.items() if kind in (*FORMATS, "MPO")})


@cache
def _here(formats: tuple[str, ...]) -> tuple[str, ...]:
    """Those that this build of Pillow has."""
    Image.init()
    return tuple(each for each in formats if each in Image.OPEN)


def _opened(source: Path | bytes) -> "Path | io.BytesIO":
    return io.BytesIO(source) if isinstance(source, bytes) else source


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if min(size) < 1:
        raise ImageError(DAMAGED, "has no pixels")
    if width * height > limits.pixels:
        most = f"{limits.pixels / 10**6:g} million"
    elif limits.side and max(size) > limits.side:
        most = f"{limits.side:,} along a side"
    else:
        return
    raise ImageError(LARGE, f"has {width}x{height} pixels, more than {most}")


def _check_scans(source: Path | bytes, size: tuple[int, int]) -> None:
    data = source if isinstance(source, bytes) else source.read_bytes()
    most = scans.most(size[0] * size[1])
    if scans.count(data, most + 1) > most:
        raise ImageError(
            LARGE, f"is a JPEG of more than {most:,} scans, which would take too long to decode"
        )


def _begins(source: Path | bytes) -> bytes:
    """The first bytes of a file; none where it cannot be opened."""
    if isinstance(source, bytes):
        return source[:16]
    try:
        with source.open("rb") as stream:
            return stream.read(16)
    except OSError:
        return b""


def _no_image(source: Path | bytes) -> ImageError:
    begins = _begins(source)
    if not begins:
        return ImageError(EMPTY, "is empty")
    if begins.startswith((b"%!", b"\xc5\xd0\xd3\xc6")):
        return ImageError(NONE, "is PostScript, which another program would have to run")
    if begins.lstrip().startswith(b"<"):
        return ImageError(NONE, "is a web page or other text")
    return ImageError(NONE, "is no image of a kind that is read")
