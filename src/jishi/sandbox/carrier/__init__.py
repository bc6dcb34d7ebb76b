"""A carrier in a box: parcels that move by the clock, signed notes that may get lost, and a page to push them on."""

from .box import Box, Faults, OutNote
from .memory import MemoryCarrier

__all__ = ["Box", "Faults", "MemoryCarrier", "OutNote"]
