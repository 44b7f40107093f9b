<?php

declare(strict_types=1);

namespace PersoneelSync;

/**
 * The employments of one person, by the day on which they begin.
 *
 * Profit's GetConnector shows the newest only. Those that it showed before are kept: who gets a
 * second contract while the first goes on is in service by both.
 */
final class Employments
{
    /** @param array<string, ?string> $ends last day by first day; null: no end */
    public function __construct(private array $ends = [])
    {
    }

    public function take(?string $start, ?string $end): void
    {
        if ($start !== null) {
            $this->ends[$start] = $end;
        }
    }

    /** The last day of an employment is a working day. */
    public function isInService(string $day): bool
    {
        foreach ($this->ends as $start => $end) {
            if ($start <= $day && ($end === null || $day <= $end)) {
                return true;
            }
        }
        return false;
    }

    /** Whether every employment is over; who is still to begin has not left. */
    public function hasLeft(string $day): bool
    {
        foreach ($this->ends as $end) {
            if ($end === null || $day <= $end) {
                return false;
            }
        }
        return $this->ends !== [];
    }

    /** @return array<string, ?string> */
    public function all(): array
    {
        return $this->ends;
    }
}
