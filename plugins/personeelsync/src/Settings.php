<?php

declare(strict_types=1);

namespace PersoneelSync;

/** What differs between customers. */
final class Settings
{
    public function __construct(
        /** Begins the code of every user, as Profit does. */
        public readonly string $participant,
        public readonly string $mailDomain,
    ) {
    }
}
