"""The releases that a recheck is of: which count, how to run on each, or why it cannot be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import Settings, load_settings
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.model.order import Order
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Role
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.prepared_order import PreparedOrder
from koppeling_harness.workflow.run.real_environment import against_environment
from koppeling_harness.workflow.run.releases import why_not_available

_NAMED_NOWHERE = Text(
    nl="niet beschikbaar: de instellingen noemen geen release",
    en="not available: the settings name no release",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRelease:
    """One release to recheck.

    Attributes:
        label: Its name, `Profit 8`; empty when the settings name none for the role.
        role: What it counts for; None when it was asked for by name and counts for nothing.
    """

    label: str
    role: Role | None

    @property
    def advisory(self) -> bool:
        """Whether what is found on it tells, and decides nothing."""
        return self.role is Role.ACCEPT


class RecheckReleases:
    """The releases of one recheck.

    Args:
        order: How to run; its release is left aside.
        folder: Of the project.
        labels: Those that are meant; those of the settings and of the environments when empty.
        environments: Names of real environments; each is used for the release that it runs.
        roles: Which releases count; those of the settings when None.
        clock: Tells the time.

    Raises:
        ConfigurationError: Something is set wrongly.
    """

    def __init__(
        self,
        order: Order,
        folder: Path,
        *,
        labels: Sequence[str],
        environments: Sequence[str],
        roles: ReleaseRoles | None,
        clock: Clock,
    ) -> None:
        self._order = order
        settings = load_settings(folder)
        self._absent: dict[str, Text] = {}
        self.real: Mapping[str, PreparedOrder] = self._reached(
            settings, folder, environments, clock
        )
        """How to run on the releases that real environments have, by label."""
        roles = roles or settings.releases
        self._counting = [each.label for each in _with_roles(roles, ()) if each.label]
        asked = _with_roles(roles, labels)
        known = {each.label for each in asked}
        self.asked: Sequence[AskedRelease] = asked + [
            AskedRelease(label=label, role=None)
            for label in (*self.real, *self._absent)
            if label not in known and not labels
        ]
        """The previous, the current, then Accept, then those of environments; or as meant."""

    def _reached(
        self, settings: Settings, folder: Path, environments: Sequence[str], clock: Clock
    ) -> dict[str, PreparedOrder]:
        """Return how to run on the release of each real environment; one out of reach is absent."""
        found: dict[str, PreparedOrder] = {}
        for name in environments:
            try:
                asked = PreparedOrder(order=replace(self._order, environment=name))
                prepared = against_environment(asked, folder=folder, clock=clock)
            except ErpUnavailableError as error:
                label = settings.environments[name].release or name
                self._absent[label] = Text(
                    nl=f"niet beschikbaar: {error.message}", en=f"not available: {error.message}"
                )
            else:
                found[prepared.order.release] = prepared
        return found

    def prepared(self, label: str) -> PreparedOrder:
        """Return how to run on a release."""
        on_erp1 = PreparedOrder(order=replace(self._order, release=label))
        return self.real.get(label) or on_erp1

    def why_not(self, asked: AskedRelease) -> Text | None:
        """Return why nothing can be run on a release; None when it can."""
        if not asked.label:
            return _NAMED_NOWHERE
        if asked.label in self._absent:
            return self._absent[asked.label]
        if asked.label in self.real:
            return None
        return why_not_available(asked.label, tuple(map(Path, self._order.packs)))

    def with_older(self, label: str) -> list[str]:
        """Return where the last verdict may be: on the release itself, then on older ones."""
        known = self._counting
        older = known[: known.index(label)] if label in known else known
        return [label, *reversed(older)]


def _with_roles(roles: ReleaseRoles, labels: Sequence[str]) -> list[AskedRelease]:
    """Return the releases that count; or those that are meant, with the role that they have."""
    named = {
        Role.PREVIOUS: roles.previous,
        Role.CURRENT: roles.current,
        Role.ACCEPT: roles.accept,
    }
    if not labels:
        return [AskedRelease(label=label or "", role=role) for role, label in named.items()]
    by_label = {label: role for role, label in named.items() if label}
    return [AskedRelease(label=label, role=by_label.get(label)) for label in labels]
