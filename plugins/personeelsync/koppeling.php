<?php

/**
 * Lets koppeling-harness drive PersoneelSync: nothing but the way in.
 *
 * The operation is the argument, its input is JSON on standard input, and where Profit is stands in
 * the environment. Out goes one JSON object. The administrator's log goes to standard error.
 */

declare(strict_types=1);

use PersoneelSync\Afas\AfasError;
use PersoneelSync\Afas\Client;
use PersoneelSync\Afas\Log;
use PersoneelSync\PersoneelSync;
use PersoneelSync\Settings;
use PersoneelSync\Store;

require __DIR__ . '/src/autoload.php';

$input = json_decode(stream_get_contents(STDIN), true) ?? [];
$asOf = $input['as_of'] ?? 'now';
// One run of a customer at a time: another one waits, and the system lets go when this one ends.
$turn = fopen(getenv('KOPPELING_WORK_DIR') . '/personeelsync.lock', 'c');
flock($turn, LOCK_EX);
$sync = new PersoneelSync(
    new Client(
        getenv('KOPPELING_BASE_URL'),
        getenv('KOPPELING_TOKEN'),
        getenv('KOPPELING_INTEGRATION_ID'),
        new Log(STDERR),
        clientId: getenv('KOPPELING_CLIENT_ID') ?: '',
        clientSecret: getenv('KOPPELING_CLIENT_SECRET') ?: '',
    ),
    new Store(getenv('KOPPELING_WORK_DIR')),
    new Settings(participant: '12345', mailDomain: 'vandermeulen.example'),
);
try {
    $output = match ($argv[1]) {
        'sync-people' => $sync->syncPeople(),
        'create-users' => $sync->createUsers($asOf, $input['employees'] ?? []),
        'block-leavers' => $sync->blockLeavers($asOf),
    };
    $refused = array_map(
        static fn (array $each) => "{$each['employee']}: {$each['message']}",
        $output['refused'] ?? [],
    );
    $result = ['ok' => $refused === [], 'output' => $output, 'error' => implode("\n", $refused) ?: null];
} catch (\UnhandledMatchError) {
    $result = ['ok' => false, 'error' => "onbekende opdracht {$argv[1]}"];
} catch (AfasError $error) {
    $result = ['ok' => false, 'error' => $error->getMessage()];
}
echo json_encode($result, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
exit($result['ok'] ? 0 : 1);
