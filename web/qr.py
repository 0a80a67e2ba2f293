"""QR codes, drawn and read: one place, so that another library can stand behind it. No Flask.

Drawn by us only, so that no stranger's SVG or PNG ever reaches a page.
"""

import struct
import zlib
from io import BytesIO
from typing import Final

import qrcode  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]
from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]

from credentials.errors import TooLarge
from web.errors import ImageRefused, NoQrFound

MAX_VERSION: Final = 25  # what cheap phones still read from paper; 30 failed where 25 passed
MAX_IMAGE_BYTES: Final = 10 * 1024 * 1024
MAX_IMAGE_PIXELS: Final = 20_000_000
QUIET_ZONE: Final = 4  # modules of white around the code. Spec: ISO/IEC 18004 §5.3.8

# Any mask decodes; trying all eight for the prettiest costs five times as much as the drawing.
_MASK: Final = 4
_PNG_SCALE: Final = 8  # pixels for each module, so that half the size is still sharp

# What Pillow is known to raise for damaged files of these two formats.
_DAMAGED: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def draw_png(text: str) -> bytes:
    """A QR code as a black-and-white PNG, 8 pixels for each module.

    Raises TooLarge for a text that needs more than version 25 (966 bytes).
    """
    matrix = _matrix(text)
    image = Image.new("1", (len(matrix), len(matrix)), 1)
    image.putdata([not dark for row in matrix for dark in row])
    side = len(matrix) * _PNG_SCALE
    out = BytesIO()
    image.resize((side, side), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_svg(text: str) -> str:
    """A QR code as one SVG element without a size of its own, for a page to place and to name.

    Raises TooLarge for a text that needs more than version 25 (966 bytes).
    """
    matrix = _matrix(text)
    side = len(matrix)
    dark = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, cell in enumerate(row) if cell
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
        f'<path d="{dark}"/></svg>'
    )


def read_qr(image: bytes) -> list[str]:
    """The texts of all QR codes in a PNG or JPEG picture, at least one.

    Raises ImageRefused beyond 10 MiB or 20 megapixels, and for any other or damaged file;
    NoQrFound when there is none.
    """
    found = zxingcpp.read_barcodes(
        _open(image), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    if not found:
        raise NoQrFound("the picture shows no QR code that can be read")
    return [code.text for code in found]


def _matrix(text: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=_MASK)
    code.add_data(text)
    try:
        version = code.best_fit(start=1)
    except (DataOverflowError, ValueError) as error:
        # Beyond version 40 the library trips over its own check of the number 41.
        raise _too_dense() from error
    if version > MAX_VERSION:
        raise _too_dense()
    code.make(fit=False)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _too_dense() -> TooLarge:
    return TooLarge(f"a QR code here has at most version {MAX_VERSION}")


def _open(data: bytes) -> Image.Image:
    if len(data) > MAX_IMAGE_BYTES:
        raise ImageRefused(f"a picture has at most {MAX_IMAGE_BYTES} bytes")
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
            # The header tells the size; nothing has been inflated yet.
            if image.width * image.height > MAX_IMAGE_PIXELS:
                raise ImageRefused(f"a picture has at most {MAX_IMAGE_PIXELS} pixels")
            return image.convert("L")
    except _DAMAGED as error:
        raise ImageRefused("not a whole PNG or JPEG picture") from error
