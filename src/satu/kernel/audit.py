"""Writing the audit trail. Call inside the transaction of the change."""

from collections.abc import Mapping

from satu.kernel.models import AuditEntry


def audit(*, actor: str, action: str, thing: str, detail: Mapping[str, object] | None = None) -> None:
    """Record that ``actor`` did ``action`` to ``thing``. No NIK and no personal value may stand in ``detail``."""
    AuditEntry.objects.create(actor=actor, action=action, thing=thing, detail=dict(detail or {}))
