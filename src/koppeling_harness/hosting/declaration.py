"""Declarations of an integration's manifest, as gateway and ERP1 take them."""

from koppeling_harness.model.manifest import HttpRuntime, Manifest


def webhook_events(manifest: Manifest) -> tuple[str, ...]:
    """Return the events that the integration's service wants to be told of."""
    wanted = manifest.runtime.webhooks if isinstance(manifest.runtime, HttpRuntime) else None
    return wanted.events if wanted else ()
