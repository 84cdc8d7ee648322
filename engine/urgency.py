"""How soon something must happen."""

from typing import Literal

Urgency = Literal["emergency", "same_day", "urgent_2w", "soon", "none"]
URGENCIES: tuple[Urgency, ...] = ("none", "soon", "urgent_2w", "same_day", "emergency")  # rising
