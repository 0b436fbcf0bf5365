"""Room: project. Wires.

In:   the environment.
Out:  settings, addresses and the server's entrance.
Door: may import all; imported by none.
"""
