"""What AFAS keeps of a partner, over all its integrations: `<subscription>.partner.yaml`.

It stands in the reviewers' folder. Schema `koppeling/partner@1`.
"""

from datetime import date
from typing import Annotated, Literal

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.registration import Remark
from koppeling_harness.model.shape import STRICT, NonEmpty
from koppeling_harness.model.status import Who
from koppeling_harness.value import dataclass

Day = date
"""A calendar day; under another name, because records have a member called `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """The partner's subscription at AFAS."""

    __pydantic_config__ = STRICT

    started: Day
    ends: Day | None = None
    """Its last day; absent while it runs on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person at the partner to whom AFAS writes."""

    __pydantic_config__ = STRICT

    name: NonEmpty
    role: NonEmpty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """The code of conduct that the partner agreed to."""

    __pydantic_config__ = STRICT

    version: NonEmpty
    agreed: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice that was not paid in time."""

    __pydantic_config__ = STRICT

    number: NonEmpty
    open_since: Day
    """The first day on which it should have been paid."""
    reminders: tuple[Day, ...] = ()
    """Days on which the partner was reminded."""
    paid: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Something that was agreed in a talk."""

    __pydantic_config__ = STRICT

    what: Remark
    who: Who
    due: Day
    done: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A yearly review, over all the partner's integrations."""

    __pydantic_config__ = STRICT

    date: Day
    by: NonEmpty
    """Who held it for AFAS."""
    agreed: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnership:
    """A partner, as AFAS knows it."""

    __pydantic_config__ = STRICT

    schema: Literal["koppeling/partner@1"] = "koppeling/partner@1"
    subscription: Annotated[str, Limit(pattern=r"^[0-9]+$")]
    """Subscription number at AFAS, quoted; the first part of the file's name."""
    name: NonEmpty
    runs: Subscription | None = None
    """Since when the subscription runs, and until when."""
    contacts: tuple[Contact, ...] = ()
    conduct: Conduct | None = None
    invoices: tuple[Invoice, ...] = ()
    talks: tuple[Talk, ...] = ()
