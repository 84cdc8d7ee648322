"""What a browser calls itself, in two words that its owner knows. Nothing else of it is kept."""

from django.utils.translation import gettext as _

# The first that fits: most browsers also call themselves by the names of others.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("CrOS", "ChromeOS"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def _first(said: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in said), "")


def named(user_agent: str) -> str:
    """Return "browser/system", either of them empty where it is unknown."""
    return f"{_first(user_agent, BROWSERS)}/{_first(user_agent, SYSTEMS)}"


def in_words(device: str) -> str:
    """Return what ``named`` returned as a person says it."""
    browser, _slash, system = device.partition("/")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")
