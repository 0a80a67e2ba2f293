"""A citizen of a really served city, and the pictures that a camera would see.

citizen = ServedCitizen(city)                        # P01, with a citizen card, over HTTP
text = citizen.qr("member")                          # the text of a code in its window
film(qr_picture(text), tmp_path / "camera.y4m")      # for chromium(*camera_flags(path))
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

import qrcode  # type: ignore[import-untyped]
from PIL import Image
from qrcode.constants import ERROR_CORRECT_L  # type: ignore[import-untyped]

from console.clock import system_clock
from credentials.model import Serialized
from credentials.presentation_qr import encode_presentation_qr, window_request
from credentials.securing import mechanism_of
from demo.city import Place
from did_registry.actions.connect import connect
from wallet.actions.open_cards import open_cards
from wallet.actions.present import prepare, send
from wallet.actions.receive import receive
from wallet.held_credential import VaultContent

_FILM: Final = (1280, 960)


class ServedCitizen:
    """One person with one credential, which was offered by the command and fetched over HTTP."""

    def __init__(
        self,
        city: Place,
        *,
        person: str = "P01",
        agency: str = "SEL-CIVIL",
        type_name: str = "SeoulCitizenCardCredential",
    ) -> None:
        claims = city.data_dir / "people" / f"{person}.{type_name}.json"
        offer = city.run_json(
            [
                *("gwanin", "issuer", "offer", "--agency", agency),
                *("--type", type_name, "--claims", str(claims)),
            ]
        )
        self.connection = connect(city.environment, None, system_clock)
        now = self.connection.clock()
        received = receive(
            offer["link"],
            self.connection,
            ask_tx_code=lambda _: str(offer["tx_code"]),
            entropy=os.urandom,
            now=now,
        )
        self.content = VaultContent().keep(
            received.accepted.serialized,
            key_type=received.key_type,
            key_secret=received.key_secret,
            now=now,
        )

    def credential(self) -> Serialized:
        """As it was issued."""
        return self.content.held[-1].serialized

    def qr(self, *claims: str, now: datetime | None = None) -> str:
        """The text of a code that shows these claims, made now or at another time."""
        held = self.content.held[-1]
        shown = mechanism_of(held.serialized).present(
            held.serialized,
            disclose=[(claim,) for claim in claims],
            holder=held.holder(),
            request=window_request(now or self.connection.clock()),
        )
        assert isinstance(shown, str)
        return encode_presentation_qr(shown)

    def answer(self, link: str) -> None:
        """Answer a request, consenting to all of it."""
        now = self.connection.clock()
        cards = open_cards(self.content.held, self.connection, now)
        prepared = prepare(link, cards, self.connection, entropy=os.urandom, now=now)
        send(prepared, self.connection, now=now)


def qr_picture(text: str) -> Image.Image:
    """A QR code as a phone shows it."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, box_size=6, border=4)
    code.add_data(text)
    drawn: Image.Image = code.make_image().get_image().convert("RGB")
    return drawn


def film(picture: Image.Image, path: Path) -> Path:
    """A film that shows one picture in the middle, for a camera that plays it over and over."""
    width, height = _FILM
    frame = Image.new("RGB", _FILM, "white")
    picture.thumbnail((height, height))
    frame.paste(picture, ((width - picture.width) // 2, (height - picture.height) // 2))
    luma, blue, red = frame.convert("YCbCr").split()
    half = (width // 2, height // 2)
    parts = (luma, blue.resize(half), red.resize(half))
    image = b"FRAME\n" + b"".join(part.tobytes() for part in parts)
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n"
    path.write_bytes(head.encode() + image * 2)
    return path


def camera_flags(path: Path) -> tuple[str, ...]:
    """What makes a browser see a film, and let every page see it."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )
