<?php

declare(strict_types=1);

namespace PersoneelSync;

use PersoneelSync\Afas\AnswerLost;
use PersoneelSync\Afas\Client;
use PersoneelSync\Afas\Filter;
use PersoneelSync\Afas\Refused;

/** People of Profit into accounts: who begins gets one, who leaves loses it. */
final class PersoneelSync
{
    private const PEOPLE = 'PersoneelSync_Medewerkers';
    private const NAMES = 'PersoneelSync_Namen';
    private const USERS = 'PersoneelSync_Gebruikers';
    /** Numbers in one call, so that its URL stays well below the 2049 characters of AFAS. */
    private const BATCH = 25;
    /** Logins that are tried in one call. */
    private const LOGINS = 5;

    public function __construct(
        private readonly Client $afas,
        private readonly Store $store,
        private readonly Settings $settings,
    ) {
    }

    /**
     * Read the people that changed since the last time.
     *
     * @return array<string, int>
     */
    public function syncPeople(): array
    {
        $mark = $this->store->mark();
        $filter = $mark === '' ? null
            : Filter::atLeast('DateModified', Amsterdam::readFrom($mark));
        $rows = $this->afas->rows(self::PEOPLE, 'EmployeeId', $filter);
        $changed = 0;
        foreach ($rows as $row) {
            $person = $this->store->person((string) $row['EmployeeId']);
            $changed += (int) ($person === null || $person->take($row));
            $this->store->put($person ?? Person::fromRow($row));
            $mark = max($mark, (string) ($row['DateModified'] ?? ''));
        }
        $this->store->setMark($mark);
        $this->store->save();  // only now: what breaks off halfway is read again
        return [
            'read' => count($rows),
            'changed' => $changed,
            'known' => count($this->store->people()),
        ];
    }

    /**
     * Give everyone who is in service a user, and keep it up to date.
     *
     * @param list<string> $only employee numbers; everyone when empty
     * @return array<string, list<mixed>> employee numbers, by what became of them
     */
    public function createUsers(string $asOf, array $only = []): array
    {
        $this->syncPeople();
        $day = Amsterdam::day($asOf);
        $due = array_filter(
            $this->store->people(),
            static fn (Person $each) => ($only === [] || in_array($each->employee, $only, true))
                && $each->mayLogIn($day)
                && ($each->isDue || $each->userBlocked),
        );
        $names = $this->byNumber(self::NAMES, 'EmployeeId', array_column($due, 'employee'));
        $users = $this->byNumber(self::USERS, 'PersonId', array_column($due, 'personId'));
        return $this->each($due, function (Person $person) use ($names, $users): string {
            $row = $names[$person->employee] ?? null;
            if ($row === null) {  // no user without a name
                throw new Refused("Profit gaf geen naam van medewerker {$person->employee}.");
            }
            $name = PersonName::fromRow($row);
            return $this->provide($person, $name, $users[$person->personId] ?? null);
        });
    }

    /**
     * Block the users of everyone who has left.
     *
     * @return array<string, list<mixed>> employee numbers, by what became of them
     */
    public function blockLeavers(string $asOf): array
    {
        $this->syncPeople();
        $day = Amsterdam::day($asOf);
        $left = array_filter(
            $this->store->people(),
            static fn (Person $each) => $each->mustBeBlocked($day) && !$each->userBlocked,
        );
        $users = $this->byNumber(self::USERS, 'PersonId', array_column($left, 'personId'));
        $left = array_filter($left, static fn (Person $each) => isset($users[$each->personId]));
        return $this->each($left, function (Person $person) use ($users): string {
            $user = $users[$person->personId];
            if (!$user['Blocked']) {
                $this->changeUser('0', $user, []);
            }
            $person->user = $user['UserId'];
            $person->userBlocked = true;
            return $user['Blocked'] ? 'unchanged' : 'blocked';
        });
    }

    /**
     * Do something for each, so that one that AFAS refuses does not hold up the others.
     *
     * @param array<Person> $people
     * @param \Closure(Person): string $do returns what became of them
     * @return array<string, list<mixed>>
     */
    private function each(array $people, \Closure $do): array
    {
        $became = ['created' => [], 'updated' => [], 'blocked' => [], 'unchanged' => [], 'refused' => []];
        foreach ($people as $person) {
            try {
                $became[$do($person)][] = $person->employee;
            } catch (Refused $error) {
                $became['refused'][] = [
                    'employee' => $person->employee, 'message' => $error->getMessage(),
                ];
            }
            $this->store->put($person);
            $this->store->save();
        }
        return $became;
    }

    /** @param ?array<string, mixed> $user of this person in Profit */
    private function provide(Person $person, PersonName $name, ?array $user): string
    {
        $became = $user === null ? 'created' : 'unchanged';
        $user ??= $this->newUser($person, $name);
        $mail = $person->mail !== '' ? $person->mail : $this->address($user['UserId']);
        if ($user['Blocked']) {
            $this->changeUser('6', $user, []);
            $became = 'updated';
        }
        // the name is asked for in a change too, and Profit leaves it as it is
        if ($user['Email'] !== $mail) {
            $this->changeUser('1', $user, ['EmAd' => $mail]);
            $became = 'updated';
        }
        if ($person->mail === '') {
            $this->tellAddress($person, $mail);
            $person->mail = $mail;
        }
        $person->user = $user['UserId'];
        $person->userBlocked = false;
        $person->isDue = false;
        return $became;
    }

    /** @return array<string, mixed> as PersoneelSync_Gebruikers shows it */
    private function newUser(Person $person, PersonName $name): array
    {
        $login = $this->freeLogin($name->login());
        $mail = $person->mail !== '' ? $person->mail : $this->address($login);
        $fields = [
            'MtCd' => '1', 'Nm' => $name->spoken(), 'BcCo' => $person->personId,
            'EmAd' => $mail, 'Upn' => $this->address($login), 'InSi' => true,
        ];
        $element = ['@UsId' => $login, 'Fields' => $fields];
        try {
            $this->afas->insert('KnUser', 'KnUser', $element);
        } catch (AnswerLost) {
            // it may have arrived: look before sending it again
            $there = $this->byNumber(self::USERS, 'PersonId', [$person->personId]);
            if ($there === []) {
                $this->afas->insert('KnUser', 'KnUser', $element);
            }
        }
        return [
            'UserId' => $login, 'Blocked' => false,
            'Email' => $mail, 'Description' => $name->spoken(),
        ];
    }

    /** The first of `c.vanthoff`, `c.vanthoff2`, … that nobody has. */
    private function freeLogin(string $wanted): string
    {
        for ($number = 1;; $number += self::LOGINS) {
            $logins = [];
            for ($next = $number; $next < $number + self::LOGINS; $next++) {
                $logins[] = "{$this->settings->participant}.$wanted" . ($next === 1 ? '' : $next);
            }
            $taken = array_change_key_case($this->byNumber(self::USERS, 'UserId', $logins));
            foreach ($logins as $login) {
                if (!isset($taken[strtolower($login)])) {
                    return $login;
                }
            }
        }
    }

    private function address(string $login): string
    {
        $own = substr($login, strlen($this->settings->participant) + 1);
        return "$own@{$this->settings->mailDomain}";
    }

    /**
     * @param array<string, mixed> $user
     * @param array<string, mixed> $fields
     */
    private function changeUser(string $mutation, array $user, array $fields): void
    {
        $fields += ['MtCd' => $mutation, 'Nm' => $user['Description']];
        $this->afas->update('KnUser', 'KnUser', ['@UsId' => $user['UserId'], 'Fields' => $fields]);
    }

    /** Write the address that the person got back to Profit. */
    private function tellAddress(Person $person, string $mail): void
    {
        $fields = ['MatchPer' => '0', 'BcCo' => $person->personId, 'EmAd' => $mail];
        $this->afas->update('KnEmployee', 'AfasEmployee', [
            '@EmId' => $person->employee,
            'Fields' => new \stdClass(),
            'Objects' => [['KnPerson' => ['Element' => ['Fields' => $fields]]]],
        ]);
    }

    /**
     * @param list<string> $numbers
     * @return array<string, array<string, mixed>> rows by that field
     */
    private function byNumber(string $connector, string $field, array $numbers): array
    {
        $rows = [];
        foreach (array_chunk($numbers, self::BATCH) as $some) {
            array_push($rows, ...$this->afas->rows($connector, $field, Filter::oneOf($field, $some)));
        }
        return array_column($rows, null, $field);
    }
}
