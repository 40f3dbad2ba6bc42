"""Time stamps on a seal (RFC 3161): from an authority by HTTP, or simulated on this machine."""

import secrets
from datetime import UTC, datetime

import httpx
from asn1crypto import cms, tsp, x509
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

_DEADLINE = 5.0
_SIMULATED_POLICY = "2.5.29.32.0"  # anyPolicy: it promises nothing


class HttpTimeStamper(TimeStamper):
    """An authority by HTTP (RFC 3161, section 3.4). Each request has its own connection: none is shared between the
    event loops that pyHanko opens."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        async with httpx.AsyncClient(timeout=_DEADLINE) as client:
            reply = await client.post(
                self._url, content=req.dump(), headers={"Content-Type": "application/timestamp-query"}
            )
        reply.raise_for_status()
        if reply.headers.get("Content-Type") != "application/timestamp-reply":
            raise TimestampRequestError("the time-stamp authority answered with something else than a time stamp")
        return tsp.TimeStampResp.load(reply.content)


class SimulatedTimeStamper(TimeStamper):
    """Stamps with this machine's own clock and a development key: it gives the form of B-T, and proves nothing.

    pyHanko's own stand-in knows RSA only and is five times as slow.
    """

    def __init__(self, key: SimpleSigner, certificate: x509.Certificate) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._key = key
        self._name = x509.GeneralName(name="directory_name", value=certificate.subject)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        content = cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": cms.ParsableOctetString(self._stamp(req).dump())}
        )
        token = await self._key.async_sign_general_data(content, "sha256", detached=False)
        return tsp.TimeStampResp({"status": tsp.PKIStatusInfo({"status": "granted"}), "time_stamp_token": token})

    def _stamp(self, req: tsp.TimeStampReq) -> tsp.TSTInfo:
        stamp = {
            "version": "v1",
            "policy": _SIMULATED_POLICY,
            "message_imprint": req["message_imprint"],
            "serial_number": secrets.randbits(64),
            "gen_time": datetime.now(UTC),
            "tsa": self._name,
        }
        if (nonce := req["nonce"].native) is not None:
            stamp["nonce"] = nonce
        return tsp.TSTInfo(stamp)
