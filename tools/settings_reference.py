"""Writes docs/reference/settings.md from the table that the product itself reads."""

from pathlib import Path

from webapp.base.environment import VARIABLES

PAGE = Path(__file__).resolve().parent.parent / "docs/reference/settings.md"
HEAD = """# Settings

Pauta reads its settings from the environment. In development every one of them may be missing; production
(`PAUTA_ENV=production`) starts only with those marked *required*, and names the ones it lacks.

`CLINIC_NAME`, `QUIET_HOURS` and the `REMIND_` settings hold until the administrator saves something else on the page
*Clinic*: [describe the clinic](../how-to/describe-the-clinic.md).

| Variable | Meaning | When it is missing | Production |
| --- | --- | --- | --- |
"""


def page() -> str:
    """Return the manual's page, made of the table."""
    rows = (
        f"| `{one.name}` | {one.meaning} | {one.default or 'nothing'} | {'required' if one.required else ''} |"
        for one in VARIABLES
    )
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
