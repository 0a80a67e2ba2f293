import io
import struct
import zlib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from credentials.errors import TooLarge
from web.errors import ImageRefused, NoQrFound
from web.qr import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, QUIET_ZONE, draw_png, draw_svg, read_qr

LINK = "https://localhost:8000/wallet#credential_offer_uri=https%3A%2F%2Flocalhost%3A8000%2Foffers"
DENSE = "관인 " + "x" * 960  # close to the densest that we draw
TEXTS = pytest.mark.parametrize("text", [LINK, DENSE], ids=["link", "dense"])


def _image(text: str) -> Image.Image:
    return Image.open(io.BytesIO(draw_png(text))).convert("L")


def _save(image: Image.Image, form: str = "PNG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
@settings(max_examples=40)
def test_what_is_drawn_is_read(text: str) -> None:
    ascii_only = text.encode("ascii", "ignore").decode() or "-"
    assert read_qr(draw_png(ascii_only)) == [ascii_only]


@pytest.mark.parametrize("length", [1, 20, 100, 300, 600, 997])
def test_every_size_is_read_with_the_one_mask(length: int) -> None:
    text = (LINK * 20)[:length]
    assert read_qr(draw_png(text)) == [text]


def test_korean_is_read() -> None:
    assert read_qr(draw_png("서울특별시 관악구 관인")) == ["서울특별시 관악구 관인"]


@TEXTS
def test_a_rotated_picture_is_read(text: str) -> None:
    rotated = _image(text).rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert read_qr(_save(rotated)) == [text]


@TEXTS
def test_a_coarse_jpeg_is_read(text: str) -> None:
    assert read_qr(_save(_image(text), "JPEG", quality=50)) == [text]


@TEXTS
def test_a_picture_of_half_the_size_is_read(text: str) -> None:
    image = _image(text)
    half = image.resize((image.width // 2, image.height // 2), Image.Resampling.BICUBIC)
    assert read_qr(_save(half)) == [text]


def test_every_code_in_a_picture_is_read() -> None:
    one, other = _image("one"), _image("other")
    both = Image.new("L", (one.width + other.width, max(one.height, other.height)), 255)
    both.paste(one, (0, 0))
    both.paste(other, (one.width, 0))
    assert sorted(read_qr(_save(both))) == ["one", "other"]


def test_the_svg_shows_the_same_code() -> None:
    svg = ET.fromstring(draw_svg(LINK))
    side = int(svg.attrib["viewBox"].split()[2])
    drawn = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(drawn)
    for square in svg[1].attrib["d"].split("z")[:-1]:
        x, y = square.removesuffix("h1v1h-1").removeprefix("M").split()
        pen.point((int(x), int(y)), 0)
    large = drawn.resize((side * 8, side * 8), Image.Resampling.NEAREST)
    assert large.tobytes() == _image(LINK).tobytes()


def test_the_svg_carries_nothing_of_the_text() -> None:
    assert "script" not in draw_svg("<script>alert(1)</script>")


def test_the_quiet_zone_is_white() -> None:
    image = _image(LINK)
    margin = QUIET_ZONE * 8
    box = image.point(lambda value: 255 - value).getbbox()
    assert box == (margin, margin, image.width - margin, image.height - margin)


@pytest.mark.parametrize(("unit", "most"), [("1", 2395), ("A", 1451), ("x", 997)])
def test_a_code_too_dense_for_a_phone_is_not_drawn(unit: str, most: int) -> None:
    draw_svg(unit * most)
    for draw in (draw_png, draw_svg):
        with pytest.raises(TooLarge):
            draw(unit * (most + 1))
    with pytest.raises(TooLarge):
        draw_svg("x" * 2395)  # beyond every version of the standard


def test_a_picture_without_a_code_is_told_apart() -> None:
    with pytest.raises(NoQrFound):
        read_qr(_save(Image.new("L", (200, 200), 255)))


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_refuses_another_format(form: str) -> None:
    with pytest.raises(ImageRefused):
        read_qr(_save(_image("x").convert("RGB"), form))


def test_refuses_a_file_beyond_its_bound() -> None:
    png = draw_png("x")
    assert read_qr(png + bytes(MAX_IMAGE_BYTES - len(png))) == ["x"]
    with pytest.raises(ImageRefused):
        read_qr(png + bytes(MAX_IMAGE_BYTES - len(png) + 1))


def _png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is and has nothing to show for it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(20_000, 5000), (60_000, 60_000), (2**31 - 1, 1)])
def test_refuses_a_picture_that_would_fill_the_memory_before_it_does(
    width: int, height: int
) -> None:
    with pytest.raises(ImageRefused):
        read_qr(_png_header(width, height))


def test_reads_a_picture_of_the_allowed_size_and_none_beyond() -> None:
    def picture(height: int) -> bytes:
        canvas = Image.new("1", (5000, height), 1)
        canvas.paste(_image("x"), (100, 100))
        return _save(canvas)

    assert read_qr(picture(MAX_IMAGE_PIXELS // 5000)) == ["x"]
    with pytest.raises(ImageRefused):
        read_qr(picture(MAX_IMAGE_PIXELS // 5000 + 1))


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_any_bytes_are_refused_by_our_own_error(data: bytes) -> None:
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"):
        with pytest.raises(ImageRefused):
            read_qr(start + data)


PNG = draw_png("x")
JPEG = _save(_image("x"), "JPEG")


@given(st.sampled_from([PNG, JPEG]), st.data())
@settings(max_examples=300)
def test_a_damaged_picture_is_read_or_refused_by_our_own_error(
    whole: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    damage = data.draw(st.binary(min_size=1, max_size=4))
    cut = data.draw(st.integers(place, len(whole)))
    for picture in (whole[:place] + damage + whole[place + len(damage) :], whole[:cut]):
        try:
            read_qr(picture)
        except (ImageRefused, NoQrFound):
            continue
