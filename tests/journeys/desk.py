"""What staff do by the API, for what has no page yet."""

from typing import Self

import httpx

from jishi.kernel.config import DEMO_STAFF


class Desk:
    """`with Desk(shop) as desk:`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def __init__(self, shop: str) -> None:
        self.client = httpx.Client(base_url=f"{shop}/api/v1", timeout=30)
        body = {"email": DEMO_STAFF[0], "password": DEMO_STAFF[1]}
        token = self._done(self.client.post("/sessions/password", json=body)).json()["token"]
        self.client.headers["authorization"] = f"Bearer {token}"

    @staticmethod
    def _done(answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, answer.text
        return answer

    def status(self, handle: str, status: str) -> None:
        self._done(self.client.post(f"/products/{handle}/status", json={"status": status}))

    def preview(self, handle: str) -> str:
        """The path of a link that shows the product early, without its language."""
        url: str = self._done(self.client.post(f"/products/{handle}/preview", json={"hours": 24})).json()["url"]
        return "/products/" + url.split("/products/", 1)[1]
