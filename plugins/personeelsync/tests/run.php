<?php

/** Runs the tests of PersoneelSync: `php tests/run.php [WORD]`. No framework: plain PHP is enough. */

declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

/** @var array<string, Closure> $tests by the sentence that each shows */
$tests = [];

function test(string $sentence, Closure $shown): void
{
    global $tests;
    $tests[$sentence] = $shown;
}

function same(mixed $expected, mixed $found): void
{
    if ($expected !== $found) {
        throw new Exception('expected ' . json_encode($expected) . ', found ' . json_encode($found));
    }
}

/** Returns what is thrown; it must be of that class. */
function thrown(string $class, Closure $do): Throwable
{
    try {
        $do();
    } catch (Throwable $error) {
        same($class, $error::class);
        return $error;
    }
    throw new Exception("expected $class to be thrown");
}

array_map(static fn (string $file) => require $file, glob(__DIR__ . '/*Test.php'));
$failed = 0;
foreach ($tests as $sentence => $shown) {
    if (!str_contains($sentence, $argv[1] ?? '')) {
        continue;
    }
    try {
        $shown();
        echo "ok    $sentence\n";
    } catch (Throwable $error) {
        $failed++;
        echo "FAIL  $sentence\n      {$error->getMessage()} ({$error->getFile()}:{$error->getLine()})\n";
    }
}
echo $failed === 0 ? "all passed\n" : "$failed failed\n";
exit($failed === 0 ? 0 : 1);
