<?php

declare(strict_types=1);

namespace PersoneelSync;

/** A name as it is spoken, and as it is typed at a login. */
final class PersonName
{
    private const SIGNS = '/&([a-z]{1,2})(?:acute|breve|caron|cedil|circ|dblac|dot|grave|lig|macr'
        . '|math|nodot|ogon|ring|slash|strok|tilde|uml);/';

    private function __construct(
        private readonly string $first,
        private readonly string $prefix,
        private readonly string $last,
    ) {
    }

    /**
     * @param array<string, mixed> $row of PersoneelSync_Namen
     *
     * Name use 1 is partner - birth, 2 partner, 3 birth - partner; otherwise the name of birth.
     */
    public static function fromRow(array $row): self
    {
        $birth = [(string) ($row['PrefixBirthName'] ?? ''), (string) ($row['BirthName'] ?? '')];
        $partner = [
            (string) ($row['PrefixPartner'] ?? ''),
            (string) ($row['BirthNamePartner'] ?? ''),
        ];
        $use = $partner[1] === '' ? '0' : (string) ($row['NameUse'] ?? '0');
        [$prefix, $last] = match ($use) {
            '1' => [$partner[0], self::joined($partner[1], $birth)],
            '2' => $partner,
            '3' => [$birth[0], self::joined($birth[1], $partner)],
            default => $birth,
        };
        return new self((string) ($row['FirstName'] ?? ''), $prefix, $last);
    }

    public function spoken(): string
    {
        return implode(' ', array_filter([$this->first, $this->prefix, $this->last]));
    }

    /** `c.vanthoff` for Chloë van 't Hoff. */
    public function login(): string
    {
        $first = self::plain($this->first);
        $last = self::plain($this->prefix . $this->last);
        return $first === '' ? $last : "{$first[0]}.$last";
    }

    /** @param array{string, string} $second */
    private static function joined(string $first, array $second): string
    {
        return "$first-" . implode(' ', array_filter($second));
    }

    /** Letters a to z only; HTML knows the plain letter below each sign. */
    private static function plain(string $text): string
    {
        $named = htmlentities($text, ENT_QUOTES | ENT_HTML5, 'UTF-8');
        $own = ['&szlig;' => 'ss', '&thorn;' => 'th', '&eth;' => 'd'];
        $letters = preg_replace(self::SIGNS, '$1', strtr(strtolower($named), $own));
        return preg_replace('/&[^;]*;|[^a-z]/', '', $letters);
    }
}
