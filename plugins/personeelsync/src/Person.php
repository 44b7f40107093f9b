<?php

declare(strict_types=1);

namespace PersoneelSync;

/** One employee, as far as an account needs to know. */
final class Person
{
    private function __construct(
        public readonly string $employee,
        public string $personId,
        public string $mail,
        public bool $blockedInProfit,
        public readonly Employments $employments,
        public string $seen,
        /** User in Profit; empty: none yet, or not looked for. */
        public string $user,
        public bool $userBlocked,
        /** Whether something changed since the user was last brought up to date. */
        public bool $isDue,
    ) {
    }

    /** @param array<string, mixed> $row of PersoneelSync_Medewerkers */
    public static function fromRow(array $row): self
    {
        $person = new self(
            (string) $row['EmployeeId'], '', '', false, new Employments(), '', '', false, true
        );
        $person->take($row);
        return $person;
    }

    /**
     * Take over what Profit shows now; return whether it differs from what was known.
     *
     * @param array<string, mixed> $row of PersoneelSync_Medewerkers
     */
    public function take(array $row): bool
    {
        $seen = json_encode($row, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
        if ($seen === $this->seen) {
            return false;
        }
        $this->seen = $seen;
        $this->isDue = true;
        $this->personId = (string) ($row['PersonId'] ?? '');
        $this->mail = (string) ($row['Mail'] ?? '');
        $this->blockedInProfit = (bool) ($row['Blocked'] ?? false);
        $this->employments->take(
            Amsterdam::shown($row['EmploymentStart'] ?? null),
            Amsterdam::shown($row['EmploymentEnd'] ?? null),
        );
        return true;
    }

    public function mayLogIn(string $day): bool
    {
        return !$this->blockedInProfit && $this->employments->isInService($day);
    }

    public function mustBeBlocked(string $day): bool
    {
        return $this->blockedInProfit || $this->employments->hasLeft($day);
    }

    /** @param array<string, mixed> $known */
    public static function fromArray(array $known): self
    {
        return new self(
            $known['employee'],
            $known['personId'],
            $known['mail'],
            $known['blockedInProfit'],
            new Employments($known['employments']),
            $known['seen'],
            $known['user'],
            $known['userBlocked'],
            $known['isDue'],
        );
    }

    /** @return array<string, mixed> */
    public function toArray(): array
    {
        return [...get_object_vars($this), 'employments' => $this->employments->all()];
    }
}
