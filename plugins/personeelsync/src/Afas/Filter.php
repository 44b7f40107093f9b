<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/** Which rows of a GetConnector are asked for. */
final class Filter
{
    public const EQUALS = 1;
    public const AT_LEAST = 2;

    private function __construct(
        private readonly string $field,
        private readonly array $values,
        private readonly int $operator,
    ) {
    }

    public static function atLeast(string $field, string $value): self
    {
        return new self($field, [$value], self::AT_LEAST);
    }

    /** @param list<string> $values codes; few enough for a URL of 2049 characters */
    public static function oneOf(string $field, array $values): self
    {
        return new self($field, $values, self::EQUALS);
    }

    /** @return array<string, string> AFAS separates what may each hold by a semicolon */
    public function query(): array
    {
        $times = count($this->values);
        return [
            'filterfieldids' => implode(';', array_fill(0, $times, $this->field)),
            'filtervalues' => implode(';', $this->values),
            'operatortypes' => implode(';', array_fill(0, $times, (string) $this->operator)),
        ];
    }
}
