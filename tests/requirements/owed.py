"""What this version owes: every build statement named here has a test, or `make requirements` fails.

The list only grows. A statement joins it in the change that makes the product keep it.
"""

OWED = ("3.4", "B1", "B3", "2.2", "6", "S-B2-01..06", "S-B2-26..39")
# Flowchart 2 and the register of organ removals and victims follow later.
NOT_YET = ("S-B1-15", "S-B1-17", "S-2.2-17..22")
