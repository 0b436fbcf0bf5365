"""How TOML tables become a `Policy`: `row` reads one table, `flow`, `network` and `texts` the kinds of entries, `checks` compares them."""
