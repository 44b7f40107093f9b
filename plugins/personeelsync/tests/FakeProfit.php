<?php

declare(strict_types=1);

/** Answers, over real sockets, what a test tells it to; keeps what it was asked. */
final class FakeProfit
{
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];
    public readonly string $url;

    /** @param list<string> $answers each a whole HTTP answer; empty: closes the connection */
    public function __construct(array $answers)
    {
        $command = [PHP_BINARY, __DIR__ . '/fake_profit.php', json_encode($answers)];
        $this->process = proc_open($command, [1 => ['pipe', 'w']], $this->pipes);
        $this->url = 'http://' . trim(fgets($this->pipes[1])) . '/ProfitRestServices';
    }

    /** @return list<array{connection: int, head: string, body: string}> */
    public function asked(): array
    {
        $asked = array_map(
            static fn (string $line) => json_decode($line, true),
            array_filter(explode("\n", stream_get_contents($this->pipes[1]))),
        );
        proc_close($this->process);
        return array_values($asked);
    }

    public static function answer(int $status, string $body, string $more = ''): string
    {
        return "HTTP/1.1 $status X\r\n{$more}Content-Length: " . strlen($body) . "\r\n\r\n$body";
    }
}
