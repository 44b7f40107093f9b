<?php

declare(strict_types=1);

namespace PersoneelSync;

/**
 * Profit's wall clock. Profit shows and takes local time of Amsterdam, whatever the `Z` behind it
 * says. Source: AFAS, docs.afas.help/profit/en/get-connector.
 */
final class Amsterdam
{
    /** The day that it is in Amsterdam at a moment such as `2026-06-30T22:30:00Z`. */
    public static function day(string $moment): string
    {
        $zone = new \DateTimeZone('Europe/Amsterdam');
        return (new \DateTimeImmutable($moment))->setTimezone($zone)->format('Y-m-d');
    }

    /** The day of a date that Profit shows, such as `2026-06-30T00:00:00Z`. */
    public static function shown(?string $date): ?string
    {
        return $date === null ? null : substr($date, 0, 10);
    }

    /**
     * From when on changes are read again to miss none.
     *
     * Profit rounds what it shows to whole seconds. In the hour that the clock repeats in October,
     * what is changed later may show an earlier time.
     */
    public static function readFrom(string $mark): string
    {
        $moment = new \DateTimeImmutable(substr($mark, 0, 19), new \DateTimeZone('UTC'));
        $back = self::isRepeated($moment) ? '-61 minutes' : '-1 minute';
        return $moment->modify($back)->format('Y-m-d\TH:i:s');
    }

    private static function isRepeated(\DateTimeImmutable $clock): bool
    {
        $zone = new \DateTimeZone('Europe/Amsterdam');
        $summer = $clock->modify('-2 hours')->setTimezone($zone)->format('Y-m-d H:i');
        $winter = $clock->modify('-1 hour')->setTimezone($zone)->format('Y-m-d H:i');
        return $summer === $winter;
    }
}
