"""What the studio keeps of its own, beside the shelf; the rows stand in files by subject."""

from webapp.studio.count_rows import Incident, ProtocolDay, RuleDay
from webapp.studio.replay_rows import Replay, ReplayCase
from webapp.studio.shadow_rows import ShadowCase

__all__ = ("Incident", "ProtocolDay", "Replay", "ReplayCase", "RuleDay", "ShadowCase")
