"""Checks that stand behind another one: taken away alone they open nothing, and each says here why it stays."""

Name = tuple[str, str, str, str]  # file, function, what stands there, what stands there without the check


def reasons() -> dict[Name, str]:
    """Return why a check stays that no test can miss, by the name of the change that takes it away."""
    return {name: reason for reason, names in LOCKS.items() for name in names}


LOCKS: dict[str, tuple[Name, ...]] = {}
