"""Room: policies. Keeps a region's policy as dated data.

In:   pack folders (TOML), each entry with its source.
Out:  a checked policy for the rules; a broken one is refused with place, cause and way out.
Door: imports rules only.
"""
