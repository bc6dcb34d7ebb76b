"""What every module stands on; there is no commerce in here."""

from .context import SYSTEM, Actor, Context
from .faces import Ask, Face, Grants, Service, batched, client, endpoint, reads, writes
from .faults import Fault, FieldError, Forbidden, Invalid, Unavailable, UnknownFault
from .handlers import Handler
from .ids import EPOCH_MS, WrongId
from .money import Money, apportion, unit_share
from .relay import Relay
from .sql import Database, Engine, Event, Module, Statement, Tx
from .world import World

__all__ = [
    "EPOCH_MS", "SYSTEM", "Actor", "Ask", "Context", "Database", "Engine", "Event", "Face", "Fault", "FieldError",
    "Forbidden", "Grants", "Handler", "Invalid", "Module", "Money", "Relay", "Service", "Statement", "Tx",
    "Unavailable", "UnknownFault", "World", "WrongId", "apportion", "batched", "client", "endpoint", "reads",
    "unit_share", "writes",
]  # fmt: skip
