"""What django-allauth's second factor must do our way: its secrets under our cipher, the clinic's name on its codes."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.models import AbstractBaseUser

from webapp.base import house
from webapp.base.sealing import open_text, seal_text

COLUMN = "mfa.authenticator.data"


class Adapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal_text(text, COLUMN)

    def decrypt(self, encrypted_text: str) -> str:
        return open_text(encrypted_text, COLUMN)

    def get_totp_issuer(self) -> str:
        return house.now().name

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Return what the person's own app shows beside the code; it never leaves that person's screen."""
        return str(user.email)

    def picture(self, user: AbstractBaseUser, secret: str) -> str:
        """Return the code to photograph as the address of an image, which the content policy lets a page show."""
        svg = self.build_totp_svg(self.build_totp_url(user, secret))
        return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
