<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/** The call was sent and its answer never came: it may have been carried out. */
final class AnswerLost extends AfasError
{
}
