"""Everything a door may show: frozen cards with exactly what this person may see.

A card is built without the write lock; the row in the read log is committed in a short transaction; only then
is the card returned. When the log cannot be written, nothing is shown.
"""
