"""What every module stands on; there is no commerce in here."""

from .batch import Ask, each
from .context import SYSTEM, Actor, Context
from .faces import Face, Grants, Service, asked_once, batched, reads, writes
from .faults import Fault, FieldError, Forbidden, Invalid, Unavailable, UnknownFault
from .handlers import Handler
from .ids import EPOCH_MS, WrongId
from .lease import Lease
from .money import Money, apportion, unit_share
from .relay import Relay
from .sql import Database, Engine, Event, Module, Statement, Tx
from .wire import client, endpoint
from .world import World

__all__ = [
    "EPOCH_MS", "SYSTEM", "Actor", "Ask", "Context", "Database", "Engine", "Event", "Face", "Fault", "FieldError",
    "Forbidden", "Grants", "Handler", "Invalid", "Lease", "Module", "Money", "Relay", "Service", "Statement", "Tx",
    "Unavailable", "UnknownFault", "World", "WrongId", "apportion", "asked_once", "batched", "client", "each",
    "endpoint", "reads", "unit_share", "writes",
]  # fmt: skip
