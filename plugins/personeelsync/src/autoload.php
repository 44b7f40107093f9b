<?php

declare(strict_types=1);

/** Loads the classes of PersoneelSync: `PersoneelSync\Afas\Client` lies in `src/Afas/Client.php`. */
spl_autoload_register(static function (string $class): void {
    $prefix = 'PersoneelSync\\';
    if (str_starts_with($class, $prefix)) {
        require __DIR__ . '/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
    }
});
