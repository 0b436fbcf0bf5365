"""How the tables of a pack become a `Policy`.

`row` reads one table; `flow`, `network` and `texts` read the kinds of entries; `checks` compares the entries with
each other; `findings` collects what is wrong.
"""
