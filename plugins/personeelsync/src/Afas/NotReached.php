<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/** AFAS cannot be reached now; nothing was sent. */
final class NotReached extends AfasError
{
}
