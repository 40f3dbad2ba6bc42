"""What the register announces. Each payload has ``resident`` or ``family``: the register's own number, no NIK."""

BORN = "registry.resident_born"
DIED = "registry.resident_died"
RESIDENT_MOVED = "registry.resident_moved"
FAMILY_MOVED = "registry.family_moved"
CORRECTED = "registry.resident_corrected"
