<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/** What the administrator can read afterwards: no names, no addresses, no token. */
final class Log
{
    /** @param resource $stream */
    public function __construct(private $stream)
    {
    }

    public function warning(string $text): void
    {
        fwrite($this->stream, "WARNING $text\n");
    }

    public function error(string $text): void
    {
        fwrite($this->stream, "ERROR $text\n");
    }
}
