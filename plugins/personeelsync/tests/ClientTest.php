<?php

declare(strict_types=1);

use PersoneelSync\Afas\AfasError;
use PersoneelSync\Afas\AnswerLost;
use PersoneelSync\Afas\Client;
use PersoneelSync\Afas\Filter;
use PersoneelSync\Afas\Log;
use PersoneelSync\Afas\NotReached;
use PersoneelSync\Afas\Refused;

require_once __DIR__ . '/FakeProfit.php';

const TOKEN = '<token><version>1</version><data>0</data></token>';

/** @param list<float> $pauses how long was waited */
function client(string $url, array &$pauses = [], mixed $log = null): Client
{
    $pause = static function (float $seconds) use (&$pauses): void {
        $pauses[] = $seconds;
    };
    return new Client($url, TOKEN, '56789_204060', new Log($log ?? fopen('php://memory', 'w')), $pause);
}

/** @param list<int> $ids */
function page(array $ids): string
{
    $rows = array_map(static fn (int $id) => ['Id' => $id], $ids);
    return FakeProfit::answer(200, json_encode(['skip' => 0, 'take' => 0, 'rows' => $rows]));
}

test('rows are read page by page, in a fixed order, over one connection', function (): void {
    $profit = new FakeProfit([page(range(1, 1000)), page([1001])]);

    $rows = client($profit->url)->rows('PersoneelSync_X', 'Id');

    $asked = $profit->asked();
    same(1001, count($rows));
    same([1, 1], array_column($asked, 'connection'));
    same(true, str_contains($asked[1]['head'], '?skip=1000&take=1000&orderbyfieldids=Id '));
});

test('every call carries the token and the IntegrationId, and closes nothing', function (): void {
    $profit = new FakeProfit([FakeProfit::answer(201, '')]);

    client($profit->url)->insert('KnUser', 'KnUser', ['Fields' => ['Nm' => 'Çelik']]);

    [$asked] = $profit->asked();
    same(true, str_contains($asked['head'], 'Authorization: AfasToken ' . base64_encode(TOKEN)));
    same(true, str_contains($asked['head'], 'IntegrationId: 56789_204060'));
    same(true, str_contains($asked['head'], 'Content-Type: application/json;charset=utf-8'));
    same(false, stripos($asked['head'], 'Connection:'));
    same('{"KnUser":{"Element":{"Fields":{"Nm":"Çelik"}}}}', $asked['body']);
});

test('several numbers are asked for in one call', function (): void {
    $profit = new FakeProfit([page([])]);

    client($profit->url)->rows('PersoneelSync_X', 'Id', Filter::oneOf('Id', ['1', '2']));

    $query = 'filterfieldids=Id%3BId&filtervalues=1%3B2&operatortypes=1%3B1';
    same(true, str_contains($profit->asked()[0]['head'], $query));
});

test('a body in chunks is put together', function (): void {
    $chunks = "a\r\n{\"rows\":[{\r\n8\r\n\"Id\":1}]\r\n1\r\n}\r\n0\r\n\r\n";
    $profit = new FakeProfit(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n$chunks"]);

    same([['Id' => 1]], client($profit->url)->rows('PersoneelSync_X', 'Id'));
});

test('maintenance is waited for as long as AFAS asks', function (): void {
    $profit = new FakeProfit([FakeProfit::answer(503, '', "Retry-After: 4\r\n"), page([])]);
    $pauses = [];

    client($profit->url, $pauses)->rows('PersoneelSync_X', 'Id');

    same([4.0], $pauses);
});

test('long maintenance is told and not waited for', function (): void {
    $profit = new FakeProfit([FakeProfit::answer(503, '{"retry_after": 7200}')]);

    $error = thrown(
        NotReached::class,
        static fn () => client($profit->url)->rows('PersoneelSync_X', 'Id'),
    );

    same(true, str_contains($error->getMessage(), '7200 seconden'));
});

test('a refused token is not tried again', function (): void {
    $profit = new FakeProfit([FakeProfit::answer(401, '')]);

    thrown(AfasError::class, static fn () => client($profit->url)->rows('PersoneelSync_X', 'Id'));

    same(1, count($profit->asked()));
});

test('a refusal carries the text and the reference of AFAS, and is logged', function (): void {
    $told = '{"externalMessage": "Mag niet.", "profitLogReference": "AB12"}';
    $profit = new FakeProfit([FakeProfit::answer(500, $told)]);
    $log = fopen('php://memory', 'w+');
    $pauses = [];

    $error = thrown(
        Refused::class,
        static fn () => client($profit->url, $pauses, $log)->insert('KnUser', 'KnUser', []),
    );

    same('Mag niet. (AFAS-logreferentie AB12)', $error->getMessage());
    rewind($log);
    same("ERROR Mag niet. (AFAS-logreferentie AB12)\n", stream_get_contents($log));
});

test('a lost answer is asked for again only when nothing can be written twice', function (): void {
    $reading = new FakeProfit(['', page([7])]);
    $changing = new FakeProfit(['', FakeProfit::answer(201, '')]);
    $adding = new FakeProfit(['']);

    same([['Id' => 7]], client($reading->url)->rows('PersoneelSync_X', 'Id'));
    client($changing->url)->update('KnUser', 'KnUser', []);
    thrown(AnswerLost::class, static fn () => client($adding->url)->insert('KnUser', 'KnUser', []));
    same([2, 2, 1], [count($reading->asked()), count($changing->asked()), count($adding->asked())]);
});

test('an answer that breaks off halfway is a lost answer', function (): void {
    $half = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{\"rows\"";
    $profit = new FakeProfit([$half]);

    thrown(AnswerLost::class, static fn () => client($profit->url)->insert('KnUser', 'KnUser', []));
});

test('where nobody listens it is told that AFAS cannot be reached', function (): void {
    $pauses = [];

    thrown(
        NotReached::class,
        function () use (&$pauses): void {
            client('http://127.0.0.1:1/x', $pauses)->rows('PersoneelSync_X', 'Id');
        },
    );

    same(2, count($pauses));
});
