<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/**
 * Calls over one connection that is kept open.
 *
 * PHP's own http wrapper closes the connection after every call, which AFAS names as the cause of
 * connections that are reset, and the curl extension is not everywhere: so HTTP/1.1 by hand.
 * Source: AFAS, docs.afas.help/profit/en/troubleshooting.
 */
final class Connection
{
    private const CONNECT_S = 10;
    private const ANSWER_S = 120;

    private readonly string $address;
    private readonly string $host;
    private readonly string $path;
    /** @var resource|null */
    private $stream = null;

    /** @param string $baseUrl …/ProfitRestServices */
    public function __construct(string $baseUrl)
    {
        $parts = parse_url($baseUrl);
        if (!isset($parts['scheme'], $parts['host'])) {
            throw new NotReached("Het adres van AFAS is onjuist: $baseUrl");
        }
        $secure = $parts['scheme'] === 'https';
        $port = $parts['port'] ?? ($secure ? 443 : 80);
        $this->address = ($secure ? 'tls' : 'tcp') . "://{$parts['host']}:$port";
        $this->host = isset($parts['port']) ? "{$parts['host']}:$port" : $parts['host'];
        $this->path = rtrim($parts['path'] ?? '', '/');
    }

    /**
     * @param array<string, string> $headers
     * @throws NotReached nothing was sent
     * @throws AnswerLost it was sent, and may have been carried out
     */
    public function send(string $method, string $target, array $headers, string $body = ''): Answer
    {
        $stream = $this->opened();
        $lines = ["$method {$this->path}$target HTTP/1.1", "Host: {$this->host}"];
        foreach ($headers as $name => $value) {
            $lines[] = "$name: $value";
        }
        if ($method !== 'GET') {
            $lines[] = 'Content-Length: ' . strlen($body);
        }
        $this->write($stream, implode("\r\n", $lines) . "\r\n\r\n" . $body);
        $answer = $this->read($stream);
        if (strtolower($answer->headers['connection'] ?? '') === 'close') {
            $this->close();
        }
        return $answer;
    }

    public function close(): void
    {
        if ($this->stream !== null) {
            fclose($this->stream);
            $this->stream = null;
        }
    }

    /** @return resource */
    private function opened()
    {
        // what was kept open may have been closed at the other end meanwhile
        if ($this->stream !== null && feof($this->stream)) {
            $this->close();
        }
        if ($this->stream === null) {
            $stream = @stream_socket_client($this->address, $number, $reason, self::CONNECT_S);
            if ($stream === false) {
                throw new NotReached("AFAS is niet bereikbaar: $reason.");
            }
            stream_set_timeout($stream, self::ANSWER_S);
            $this->stream = $stream;
        }
        return $this->stream;
    }

    /** @param resource $stream */
    private function write($stream, string $text): void
    {
        while ($text !== '') {
            $written = @fwrite($stream, $text);
            if ($written === false || $written === 0) {
                $this->lost($stream);
            }
            $text = substr($text, $written);
        }
    }

    /** @param resource $stream */
    private function read($stream): Answer
    {
        $status = explode(' ', $this->line($stream))[1] ?? '';
        $headers = [];
        while (($line = $this->line($stream)) !== '') {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $headers[strtolower($name)] = trim($value);
        }
        if (strtolower($headers['transfer-encoding'] ?? '') === 'chunked') {
            $body = '';
            while (($size = (int) hexdec(explode(';', $this->line($stream))[0])) > 0) {
                $body .= $this->exactly($stream, $size);
                $this->line($stream);
            }
            $this->line($stream);
        } else {
            $body = $this->exactly($stream, (int) ($headers['content-length'] ?? 0));
        }
        return new Answer((int) $status, $headers, $body);
    }

    /** @param resource $stream */
    private function line($stream): string
    {
        $line = fgets($stream);
        if ($line === false || !str_ends_with($line, "\n")) {
            $this->lost($stream);
        }
        return rtrim($line, "\r\n");
    }

    /** @param resource $stream */
    private function exactly($stream, int $size): string
    {
        $body = '';
        while (strlen($body) < $size) {
            $part = fread($stream, $size - strlen($body));
            if ($part === false || $part === '') {
                $this->lost($stream);
            }
            $body .= $part;
        }
        return $body;
    }

    /** @param resource $stream */
    private function lost($stream): never
    {
        $late = stream_get_meta_data($stream)['timed_out'];
        $this->close();
        if ($late) {  // AFAS works on, so trying again makes it worse
            throw new AfasError(
                'AFAS antwoordt niet op tijd. Wacht een kwartier en probeer het opnieuw.'
            );
        }
        throw new AnswerLost('Het antwoord van AFAS ging verloren.');
    }
}
