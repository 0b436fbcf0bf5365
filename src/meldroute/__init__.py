"""Meldroute: from a signal of possible human trafficking to the people who must act."""
