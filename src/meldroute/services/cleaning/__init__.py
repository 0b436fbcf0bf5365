"""A file from outside becomes a copy that holds what a person sees and nothing else.

What kind it is, its own bytes say, never its name. The copy is made by a process of its own (`worker`), which has
neither keys nor database, little memory and little time: a file that breaks a parser breaks nothing else. All of it
passes through memory; no file is written.
"""
