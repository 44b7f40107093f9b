<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/** AFAS did not do what was asked. The message is for the administrator. */
class AfasError extends \RuntimeException
{
}
