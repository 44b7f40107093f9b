<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/** AFAS understood the call and refused it. Trying again does not help. */
final class Refused extends AfasError
{
}
