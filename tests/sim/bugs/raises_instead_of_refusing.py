"""An allocation that raises where it should refuse: nothing is kept, and the story that asked ends nowhere."""

from jishi.app import Parts
from jishi.goods.inventory import OutOfStock
from jishi.goods.inventory.service import InventoryService
from jishi.kernel import Context
from jishi.kernel.holds import Held, HoldRef
from jishi.sim.relay import Restless

true_allocate = InventoryService.allocate


class RaisesInsteadOfRefusing(InventoryService):
    async def allocate(self, ctx: Context, command: HoldRef, /) -> Held:  # type: ignore[override]
        held: Held = await true_allocate(self, ctx, command)
        if held.state == "refused":
            raise OutOfStock(0, 1)
        return held


PARTS = Parts(inventory=RaisesInsteadOfRefusing, relay=Restless)
BREAKS = ("I3", "I6", "I7", "I8")
