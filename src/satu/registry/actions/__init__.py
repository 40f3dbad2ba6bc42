"""The only writers of the register. Each is one transaction: checked, audited, announced, and found by name search.

Nothing is overwritten: the database keeps what a row said before (migration 0002). Who changes a family holds it:
families first, then people, each in the order of their numbers (``holding``), so that nobody waits in a circle.
"""

from satu.registry.actions.correcting import correct_resident
from satu.registry.actions.life import record_death, record_divorce, record_marriage, register_birth
from satu.registry.actions.moving import join_family, move_family, split_family

__all__ = [
    "correct_resident",
    "join_family",
    "move_family",
    "record_death",
    "record_divorce",
    "record_marriage",
    "register_birth",
    "split_family",
]
