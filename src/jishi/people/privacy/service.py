"""The face, bound to its units; it follows guests who sign in and accounts that are erased."""

from collections.abc import Sequence

from jishi.kernel import Handler, Service, reads, writes
from jishi.people.accounts import SignedIn
from jishi.people.vault import CardsErased

from . import commands
from .face import Privacy


class PrivacyService(Service, Privacy):
    choose = writes(commands.choose, needs="people:consent:choose")
    choices = reads(commands.choices, needs="people:consent:see")
    record = reads(commands.record, needs="people:consent:see")
    look = reads(commands.look, needs="people:consent:look")

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, SignedIn, unit=commands.merge),
            Handler(self.db, CardsErased, unit=commands.erased),
        ]
