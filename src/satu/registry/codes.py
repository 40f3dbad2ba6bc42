"""The few codes that a rule of the register names. The lists themselves are data: ``reference/codes.csv``."""

HEAD_OF_FAMILY = 1
SPOUSES = (2, 3)
CHILD, GRANDCHILD, OTHER_RELATIVE = 4, 6, 9
LIVING, DEAD, MOVED_AWAY = 1, 2, 3
NEVER_MARRIED, MARRIED, WIDOWED = 1, 2, 4
CITIZEN = 1
BLOOD_TYPE_UNKNOWN = 13
NOT_AT_SCHOOL_YET = 1
NOT_WORKING_YET = 1
