"""What stands for names in addresses: lists, purposes and questions are called by health words.

Logs and histories of browsers see addresses, the part behind the # too. So a name stands there as a code of this
clinic's own.
"""

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

LENGTH = 10
REGEX = f"[0-9a-f]{{{LENGTH}}}"


def code_of(name: str) -> str:
    """Return what stands for a name in addresses: the same in every process, and nothing one could read."""
    return salted_hmac("intake.places", name).hexdigest()[:LENGTH]


def named(names: Iterable[str], code: str) -> str | None:
    """Return the name a code stands for; None where it stands for none of these."""
    return next((name for name in names if code_of(name) == code), None)


class OneOf:
    """The part of an address that names one of a few things; an unknown code leads nowhere."""

    regex = REGEX
    names: Iterable[str] = ()

    def to_python(self, value: str) -> str:
        found = named(self.names, value)
        if found is None:
            raise ValueError("this code stands for nothing here")
        return found

    def to_url(self, value: str) -> str:
        return code_of(str(value))
