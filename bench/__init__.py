"""How fast it is: our own side, and the growth from size to size. `make bench` runs small sizes; see README.md."""
