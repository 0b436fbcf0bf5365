"""Room: cli. Translates argv.

In:   words on the command line.
Out:  one service call, lines on the screen and an exit code.
Door: imports services, and rules or policies for pure explanation. Never storage or channels.
"""
