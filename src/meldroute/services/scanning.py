"""What a scan can come to, for the doors: they never meet a channel."""

from meldroute.channels.scanner import Infected, ScannerMissing, check

__all__ = ["Infected", "ScannerMissing", "check"]
