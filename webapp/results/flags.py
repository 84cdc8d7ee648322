"""What is said of where a value lies."""

from enum import StrEnum


class Flag(StrEnum):
    CRITICAL_LOW = "critical_low"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL_HIGH = "critical_high"
    MAYBE_CRITICAL = "maybe_critical"  # one end alone is known, and some values on that side are critical
    UNSURE = "unsure"  # one end alone is known, and it does not say on which side of the range
    MARKED = "marked"  # a word such as "positive"
    NONE = "none"  # no range, no verdict

    @property
    def is_out(self) -> bool:
        return self not in (Flag.NORMAL, Flag.NONE)

    @property
    def is_critical(self) -> bool:
        return self in (Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH, Flag.MAYBE_CRITICAL)
