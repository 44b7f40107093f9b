<?php

/** The process behind FakeProfit: gives one answer per request, then ends. */

declare(strict_types=1);

$answers = json_decode($argv[1], true);
$server = stream_socket_server('tcp://127.0.0.1:0');
echo stream_socket_get_name($server, false), "\n";
for ($connection = 1; $answers !== [] && ($stream = @stream_socket_accept($server, 10)); $connection++) {
    while ($answers !== [] && ($line = fgets($stream)) !== false) {
        $head = $line;
        while (!str_ends_with($head, "\r\n\r\n")) {
            $head .= fgets($stream);
        }
        $length = preg_match('/Content-Length: (\d+)/', $head, $found) ? (int) $found[1] : 0;
        $body = $length > 0 ? stream_get_contents($stream, $length) : '';
        echo json_encode(['connection' => $connection, 'head' => $head, 'body' => $body]), "\n";
        $answer = array_shift($answers);
        if ($answer === '') {
            break;
        }
        fwrite($stream, $answer);
    }
    fclose($stream);
}
