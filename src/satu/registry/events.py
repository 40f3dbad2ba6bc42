"""What the register announces. Each payload has ``resident`` or ``family``: the register's own number, no NIK.

``change`` is the change's own name (a UUID): a listener that is called twice knows by it what it has done. The people
of one move share it.
"""

BORN = "registry.resident_born"
DIED = "registry.resident_died"
RESIDENT_MOVED = "registry.resident_moved"
"""Somebody lives elsewhere, in a family of its own or in another: ``family`` is the one she is in now."""
FAMILY_MOVED = "registry.family_moved"
"""A family lives elsewhere, all of it (``residents``), and keeps its card."""
MARRIED = "registry.resident_married"
DIVORCED = "registry.resident_divorced"
CORRECTED = "registry.resident_corrected"
