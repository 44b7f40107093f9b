"""Time that one comparison may take, so that no value and no pattern can hold up a run."""

import time

from koppeling_harness.errors import ConfigurationError

COMPARISON_LIMIT_S = 10.0
"""Time for holding one result against one expectation; ordinary ones take a millisecond."""

PATTERN_LIMIT_S = 2.0
"""Time for all patterns of one comparison together; ordinary ones take a microsecond."""

_LOOK_AT_CLOCK_EVERY = 256


class Allowance:
    """Time left of one comparison. `end` may be called from another thread.

    Args:
        limit_s: Seconds in all.
        patterns_s: Seconds for all searches with a pattern.
    """

    def __init__(
        self, limit_s: float = COMPARISON_LIMIT_S, patterns_s: float = PATTERN_LIMIT_S
    ) -> None:
        self._limit_s = limit_s
        self._end_s = time.monotonic() + limit_s
        self._patterns_s = min(limit_s, patterns_s)
        self._steps = 0

    def step(self) -> None:
        """Count one step of a comparison.

        Raises:
            ConfigurationError: The time is over.
        """
        self._steps += 1
        if self._steps % _LOOK_AT_CLOCK_EVERY == 0 and time.monotonic() > self._end_s:
            message = f"holding the result against `expect` took more than {self._limit_s:g} s"
            hint = "Expect less of so large a result, or ask for fewer rows."
            raise ConfigurationError(message, hint=hint)

    def for_pattern_s(self) -> float:
        """Return the seconds that a search with a pattern may take, a little when all are spent."""
        return max(0.001, min(self._patterns_s, self._end_s - time.monotonic()))

    def spend_on_patterns(self, seconds: float) -> None:
        """Take the time of a search with a pattern off what is left."""
        self._patterns_s -= seconds

    def end(self) -> None:
        """End the comparison at its next step."""
        self._end_s = 0.0
