"""A page of what should be listed."""

from koppeling_harness.model.listing import PLACES, Difference, Entry
from koppeling_harness.report.listing_page import render_listing
from support.dossiers import AS_OF


def _entry(number: int, *, shown: bool) -> Entry:
    return Entry(
        registration=f"nummer-{number}",
        integration_id=f"12345_{number}",
        title={"nl": f"Koppeling {number}", "en": f"Integration {number}"},
        partner="Voorbeeld B.V.",
        shown=dict.fromkeys(PLACES, shown),
        listed=dict.fromkeys(PLACES, not shown),
        decided=True,
    )


def listing_page() -> str:
    """Return a page with something to place, to remove and to decide."""
    known = [_entry(number, shown=number < 3) for number in range(6)]
    found = Difference(
        place="partner_site",
        to_place=("12345_1",),
        to_remove=("12345_4",),
        to_decide=("12345_5",),
        unknown=("99999_9",),
    )
    return render_listing(
        known, [found], as_of=AS_OF, left_out=["kapot.yaml"], by_registrations=False
    )
