<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/** What came back on a call. */
final class Answer
{
    /** @param array<string, string> $headers by their names in lower case */
    public function __construct(
        public readonly int $status,
        public readonly array $headers,
        public readonly string $body,
    ) {
    }

    /**
     * @return array<string, mixed> empty when there is no body
     * @throws AnswerLost the body is no JSON object
     */
    public function json(): array
    {
        if ($this->body === '') {
            return [];
        }
        $told = json_decode($this->body, true);
        if (!is_array($told)) {
            throw new AnswerLost('Het antwoord van AFAS is geen leesbare JSON.');
        }
        return $told;
    }

    /**
     * The rows of a GetConnector; what has none is no answer, and never one without rows.
     *
     * @return list<array<string, mixed>>
     * @throws AnswerLost there are none
     */
    public function rows(): array
    {
        $rows = $this->json()['rows'] ?? null;
        if (!is_array($rows)) {
            throw new AnswerLost('Het antwoord van AFAS bevat geen rijen.');
        }
        return $rows;
    }
}
