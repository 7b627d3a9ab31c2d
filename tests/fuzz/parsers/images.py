"""Image files: of a folder, which is read by whoever runs the program, and of visitors."""

import io
import random
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image

from resnet.images.reading import FORMATS, ImageError, Limits, formats_of, read
from resnet.labs.bench.progress import LabError
from resnet.labs.sees.upload import decoded
from tests.fuzz.mutations import changed_bytes
from tests.fuzz.parser import Fault, Parser

PICTURE = np.random.default_rng(5).integers(0, 256, (12, 10, 3), np.uint8)
FEW = Limits(4_000_000)  # so that a million cases end; the bounds themselves are tested elsewhere


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@cache
def good() -> tuple[bytes, ...]:
    """Small images of every kind that Pillow writes and the program reads, in many modes."""
    rgb = Image.fromarray(PICTURE)
    grey, palette, see_through = rgb.convert("L"), rgb.convert("P"), rgb.convert("RGBA")
    deep = Image.fromarray(PICTURE[..., 0].astype(np.uint16) * 257)
    floats = Image.fromarray(PICTURE[..., 0].astype(np.float32))
    exif = Image.Exif()
    exif[0x0112] = 6
    found = [
        saved(palette, "PNG", transparency=3),
        saved(see_through, "PNG"),
        saved(deep, "PNG"),
        saved(rgb, "JPEG", exif=exif),
        saved(rgb, "JPEG", progressive=True),
        saved(rgb.convert("CMYK"), "JPEG"),
        saved(palette, "GIF", save_all=True, append_images=[palette, palette]),
        *(
            saved(rgb, "TIFF", compression=each)
            for each in ("tiff_lzw", "tiff_deflate", "packbits")
        ),
        saved(rgb, "TIFF", compression="jpeg"),
        saved(rgb.convert("1"), "TIFF", compression="group4"),
        *(saved(each, "TIFF") for each in (deep, floats, rgb.convert("CMYK"), see_through)),
        saved(rgb, "WEBP", lossless=True),
        psd(),
        fli(),
    ]
    Image.init()
    for kind in sorted({*FORMATS} & {*Image.SAVE}):
        for image in (rgb, grey, palette, see_through, grey.convert("1")):
            try:
                found.append(saved(image, kind))
            except (OSError, ValueError, KeyError):  # a mode that the kind has not
                continue
    return tuple(found)


def psd() -> bytes:
    pixels = PICTURE.transpose(2, 0, 1).tobytes()
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, 12, 10, 8, 3)
    return head + struct.pack(">IIIH", 0, 0, 0, 0) + pixels


def fli() -> bytes:
    head = struct.pack("<IHHHHHHI", 0, 0xAF11, 2, 10, 12, 8, 0, 5).ljust(128, b"\0")
    chunk = struct.pack("<IH", 6 + 120, 16) + PICTURE[..., 0].tobytes()
    return head + struct.pack("<IHH8x", 16 + len(chunk), 0xF1FA, 1) + chunk


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A grey PNG of this claimed size, with further chunks before its few pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def scans(count: int, side: int = 256) -> bytes:
    """A progressive JPEG whose last scan comes so many times."""
    data = saved(Image.new("L", (side, side), 90), "JPEG", progressive=True)
    end, start = data.rindex(b"\xff\xd9"), data.rindex(b"\xff\xda")
    return data[:start] + count * data[start:end] + data[end:]


def tiff(**tags: int) -> bytes:
    """A TIFF of one grey pixel whose tags say what is given."""
    said = {256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 1, 279: 1}
    said |= {int(name[1:]): number for name, number in tags.items()}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, each) for tag, each in sorted(said.items()))
    return struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", len(said)) + entries + bytes(8)


@cache
def known() -> tuple[bytes, ...]:
    """What made other programs hang, run another program or run out of memory."""
    icon = png(60_000, 60_000)
    circle = struct.pack("<2sHIH", b"II", 42, 8, 1) + struct.pack("<HHII", 256, 4, 1, 1)
    return (
        b"",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n{} loop\n",
        b"\xc5\xd0\xd3\xc6" + struct.pack("<IIIIIIH", 30, 99, 0, 0, 0, 0, 0xFFFF) + bytes(99),
        scans(2000),
        scans(99),
        png(60_000, 60_000),
        png(1, 2**31 - 1),
        png(2**31 - 1, 0),
        png(8, 8, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000)))),
        png(8, 8, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(80_000_000)))),
        png(8, 8, *[chunk(b"tEXt", b"a\0" + bytes(900_000))] * 8),
        struct.pack("<HHHBBBBHHII", 0, 1, 1, 8, 8, 0, 0, 1, 32, len(icon), 22) + icon,
        tiff(t256=60_000, t257=60_000),
        tiff(t277=65_535),
        tiff(t258=2**31),
        tiff(t278=0, t259=5),
        circle + struct.pack("<I", 8),  # whose next directory is itself
        b"II+\0" + struct.pack("<HHQ", 8, 0, 2**62),  # BigTIFF
        b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\2\0;",
        b"GIF89a\x08\0\x08\0\0\0\0" + b"!\xfe\xff" * 100_000,
        psd()[:14] + struct.pack(">II", 30_000, 30_000) + psd()[22:],
        psd()[:26] + struct.pack(">I", 2**31 - 1) + psd()[30:],
        fli()[:6] + b"\xff\xff" + fli()[8:128] + struct.pack("<I", 0) * 500,
        b"P5 " + b"9" * 5000 + b" 1 255\n",
        b"P5 #" + b"x" * 1_000_000,
        b"P6 60000 60000 65535\n",
        b"#define x_width 99999\n#define x_height 99999\nstatic char bits[] = {",
        b"\xff\xd8" + b"\xff" * 1_000_000,
        b"\xff\xd8\xff\xe1\xff\xffExif\0\0" + b"II*\0\x08\0\0\0\xff\xff" + bytes(2000),
        b"icns" + struct.pack(">I4sI", 2**32 - 1, b"ic10", 0) + bytes(50),
        b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0\x10\0\0\0" + b"\xff" * 12,
        b"\0\0\0\x0cjP  \r\n\x87\n" + struct.pack(">I4s", 0, b"jp2h") * 40,
        b"SIMPLE  =                    T"
        + bytes(2880),  # FITS, of which no more than asked is read
        b"GRIB\0\0\0\1",
        b"\x89HDF\r\n\x1a\n" + bytes(64),
    )


def draw(rng: random.Random) -> bytes:
    found = good()
    return changed_bytes(rng, rng.choice(found), found)


def of_a_visitor(data: bytes) -> bool:
    pixels = decoded(data)
    if pixels.shape != (32, 32, 3) or pixels.dtype != np.uint8:
        raise Fault(f"pixels of {pixels.shape} {pixels.dtype}")
    return True


def of_a_folder(data: bytes) -> bool:
    name = f"a.{('png', 'tga', 'spi')[len(data) % 3]}"
    picture = read(data, formats_of(name), FEW)
    if picture.rgb.mode != "RGB":
        raise Fault(f"an image of mode {picture.rgb.mode}")
    picture.rgb.resize((32, 32), Image.Resampling.BOX)
    return True


PARSERS = (
    Parser("upload", known(), draw, of_a_visitor, (LabError,), memory=700, share=2),
    Parser("image", known(), draw, of_a_folder, (ImageError,), memory=300, share=3),
)
