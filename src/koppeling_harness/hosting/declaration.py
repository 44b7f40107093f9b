"""What the manifest of an integration declares, as gateway and ERP1 take it."""

from koppeling_harness.model.manifest import HttpRuntime, Manifest


def private_fields(manifest: Manifest) -> dict[str, frozenset[str]]:
    """Return the fields that the manifest marks as privacy-sensitive, by connector."""
    found: dict[str, frozenset[str]] = {}
    for each in manifest.privacy_fields:
        found[each.connector] = found.get(each.connector, frozenset()) | {each.field}
    return found


def webhook_events(manifest: Manifest) -> tuple[str, ...]:
    """Return the events that the integration's service wants to be told of."""
    wanted = manifest.runtime.webhooks if isinstance(manifest.runtime, HttpRuntime) else None
    return wanted.events if wanted else ()
