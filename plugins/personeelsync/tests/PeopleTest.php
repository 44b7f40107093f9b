<?php

declare(strict_types=1);

use PersoneelSync\Amsterdam;
use PersoneelSync\Employments;
use PersoneelSync\Person;
use PersoneelSync\PersonName;
use PersoneelSync\Store;

/** @return array<string, mixed> as PersoneelSync_Medewerkers shows it */
function row(array $other = []): array
{
    return $other + [
        'EmployeeId' => '000001003', 'PersonId' => '1000003', 'Blocked' => 0, 'Mail' => null,
        'EmploymentStart' => '2019-09-01T00:00:00Z', 'EmploymentEnd' => null,
        'DateModified' => '2025-01-02T09:15:42Z',
    ];
}

test('a day is that of Amsterdam, in summer and in winter', function (): void {
    same('2026-06-30', Amsterdam::day('2026-06-30T21:59:59Z'));
    same('2026-07-01', Amsterdam::day('2026-06-30T22:00:00Z'));
    same('2026-11-30', Amsterdam::day('2026-11-30T22:59:59Z'));
    same('2026-12-01', Amsterdam::day('2026-11-30T23:00:00Z'));
});

test('changes are read again from a minute before the last one', function (): void {
    same('2026-11-25T00:00:10', Amsterdam::readFrom('2026-11-25T00:01:10Z'));
});

test('in the hour that the clock repeats they are read again from an hour earlier', function (): void {
    same('2026-10-25T01:29:00', Amsterdam::readFrom('2026-10-25T02:30:00Z'));
    same('2026-10-25T03:29:00', Amsterdam::readFrom('2026-10-25T03:30:00Z'));
});

test('the last day of an employment is a working day', function (): void {
    $one = new Employments(['2019-09-01' => '2026-06-30']);

    same([true, false], [$one->isInService('2026-06-30'), $one->isInService('2026-07-01')]);
    same([false, true], [$one->hasLeft('2026-06-30'), $one->hasLeft('2026-07-01')]);
});

test('who has two employments is in service by either', function (): void {
    $two = new Employments(['2019-09-01' => null, '2026-10-01' => '2026-10-14']);

    same([true, false], [$two->isInService('2026-11-25'), $two->hasLeft('2026-11-25')]);
});

test('who is still to begin is not in service and has not left', function (): void {
    $ahead = new Employments(['2027-01-01' => null]);

    same([false, false], [$ahead->isInService('2026-11-25'), $ahead->hasLeft('2026-11-25')]);
});

test('of whom nothing is known nobody says that they left', function (): void {
    same(false, (new Employments())->hasLeft('2026-11-25'));
});

test('who is blocked in HR may not log in, whatever the contract says', function (): void {
    $person = Person::fromRow(row(['Blocked' => 1]));

    same([false, true], [$person->mayLogIn('2026-11-25'), $person->mustBeBlocked('2026-11-25')]);
});

test('what did not change is not due again', function (): void {
    $person = Person::fromRow(row());
    $person->isDue = false;

    same([false, false], [$person->take(row()), $person->isDue]);
    same([true, true], [$person->take(row(['Mail' => 'f@x.example'])), $person->isDue]);
});

test('what is stored is found again, with the zeros of its number', function (): void {
    $folder = sys_get_temp_dir() . '/personeelsync-' . bin2hex(random_bytes(4));
    mkdir($folder);
    $store = new Store($folder);
    $store->put(Person::fromRow(row()));
    $store->setMark('2025-01-02T09:15:42Z');
    $store->save();

    $again = new Store($folder);

    same('000001003', $again->person('000001003')->employee);
    same(['2019-09-01' => null], $again->person('000001003')->employments->all());
    same('2025-01-02T09:15:42Z', $again->mark());
    unlink("$folder/personeelsync.json");
    rmdir($folder);
});

test('a name becomes a login without signs', function (): void {
    $login = static fn (string $first, string $prefix, string $last) => PersonName::fromRow(
        ['FirstName' => $first, 'PrefixBirthName' => $prefix, 'BirthName' => $last]
    )->login();

    same('c.vanthoff', $login('Chloë', "van 't", 'Hoff'));
    same('s.odegard', $login('Søren', '', 'Ødegård'));
    same('a.yilmaz', $login('Ayşe', '', 'Yılmaz'));
    same('j.gross', $login('Jörg', '', 'Groß'));
    same('d.saric', $login('Đorđe', '', 'Šarić'));
    same('t.aesir', $login('Þór', '', 'Æsir'));
    same('hart', $login('', '', 'Hart'));
});

test('a name is used as the person wants it', function (): void {
    $row = [
        'FirstName' => 'Fatima', 'PrefixBirthName' => null, 'BirthName' => 'El Amrani',
        'PrefixPartner' => 'de', 'BirthNamePartner' => 'Vries',
    ];
    $spoken = static fn (string $use) => PersonName::fromRow($row + ['NameUse' => $use])->spoken();

    same('Fatima El Amrani', $spoken('0'));
    same('Fatima de Vries-El Amrani', $spoken('1'));
    same('Fatima de Vries', $spoken('2'));
    same('Fatima El Amrani-de Vries', $spoken('3'));
    same('Fatima El Amrani', PersonName::fromRow(['BirthNamePartner' => null] + $row + ['NameUse' => '2'])->spoken());
});
