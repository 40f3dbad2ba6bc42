"""The people of the demonstration, signed in; and what they have sent, without a browser."""

import re

import httpx

_PERSON = re.compile(r'name="account"\s+value="(\d+)">.*?<b>(.*?)</b><span>(.*?)</span>', re.DOTALL)
_TOKEN = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')
_NUMBER = re.compile(r"<title>\s*(\w+-\d{4}-\d{6})")
_ABOUT = re.compile(r'name="about"\s+value="([^"]+)"')


class Door:
    """Where those of the demonstration come in, by what is said of them there; each of them once a run."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._clients: dict[str, httpx.Client] = {}
        with self._client() as nobody:
            self._people = {said: number for number, _name, said in _PERSON.findall(nobody.get("/masuk/").text)}

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self._address, timeout=20, headers={"Referer": self._address})

    def client(self, said: str) -> httpx.Client:
        """Somebody who is signed in, without a browser."""
        number = next(number for who, number in self._people.items() if who.startswith(said))
        if said not in self._clients:
            self._clients[said] = self._client()
            _post(self._clients[said], self._clients[said].get("/masuk/"), "/masuk/demonstrasi/", account=number)
        return self._clients[said]

    def sent(self, service: str, said: str, **answers: str) -> str:
        """The number of a request that this resident has sent, about the first person whom the page offers."""
        client = self.client(said)
        page = _post(client, client.get(f"/layanan/{service}/"), f"/layanan/{service}/ajukan/")
        if about := _ABOUT.findall(page.text):
            page = _post(client, page, f"/layanan/{service}/ajukan/", about=about[0])
        page = _post(client, page, f"{page.url}kirim/", **answers)
        return _NUMBER.findall(page.text)[0]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


def _post(client: httpx.Client, page: httpx.Response, to: str, **fields: str) -> httpx.Response:
    token = _TOKEN.findall(page.text)[0]
    return client.post(to, data={**fields, "csrfmiddlewaretoken": token}, follow_redirects=True)
