<?php

declare(strict_types=1);

namespace PersoneelSync\Afas;

/**
 * Calls to AFAS Profit, the way AFAS asks for them.
 *
 * Source: AFAS, docs.afas.help/profit: authentication, integrationid, get-connector,
 * troubleshooting.
 */
final class Client
{
    public const VERSION = '3.1.0';
    private const TRIES = 3;
    private const FIRST_PAUSE_S = 0.5;
    /** Longer maintenance than this is told to the administrator instead of waited for. */
    private const LONGEST_PAUSE_S = 30.0;
    private const PAGE = 1000;

    private readonly Connection $connection;
    /** @var array<string, string> */
    private readonly array $headers;
    /** What says who calls; empty until there is a token of OAuth. */
    private string $authorization;
    /** @var \Closure(float): void */
    private readonly \Closure $pause;

    /**
     * @param string $token the AfasToken as Profit issues it: XML
     * @param string $clientId of the client of OAuth; empty: by the token
     * @param ?\Closure(float): void $pause waits some seconds; for tests
     */
    public function __construct(
        string $baseUrl,
        string $token,
        string $integrationId,
        private readonly Log $log,
        ?\Closure $pause = null,
        private readonly string $clientId = '',
        #[\SensitiveParameter] private readonly string $clientSecret = '',
    ) {
        $this->connection = new Connection($baseUrl);
        $this->headers = [
            'IntegrationId' => $integrationId,
            'User-Agent' => 'PersoneelSync/' . self::VERSION,
            'Accept-Language' => 'nl-nl',
        ];
        $this->authorization = $clientId === '' ? 'AfasToken ' . base64_encode($token) : '';
        $this->pause = $pause ?? static fn (float $seconds) => usleep((int) ($seconds * 1e6));
    }

    /**
     * The rows of a GetConnector, page by page. Without the order two pages may hold the same row
     * and miss another.
     *
     * @return list<array<string, mixed>>
     */
    public function rows(string $connector, string $orderBy, ?Filter $filter = null): array
    {
        $rows = [];
        $skip = 0;
        do {
            $query = ['skip' => $skip, 'take' => self::PAGE, 'orderbyfieldids' => $orderBy];
            $target = "/connectors/$connector?" . http_build_query(
                $query + ($filter?->query() ?? [])
            );
            $page = $this->call('GET', $target, repeatable: true)->rows();
            array_push($rows, ...$page);
            $skip += self::PAGE;
        } while (count($page) >= self::PAGE);
        return $rows;
    }

    /**
     * Add an element through an UpdateConnector.
     *
     * @param array<string, mixed> $element
     * @throws AnswerLost look whether it is there before sending it again
     */
    public function insert(string $connector, string $object, array $element): void
    {
        $this->write('POST', $connector, $object, $element, repeatable: false);
    }

    /**
     * Change an element; twice is as once, so a lost answer is simply asked for again.
     *
     * @param array<string, mixed> $element
     */
    public function update(string $connector, string $object, array $element): void
    {
        $this->write('PUT', $connector, $object, $element, repeatable: true);
    }

    /** @param array<string, mixed> $element */
    private function write(
        string $method,
        string $connector,
        string $object,
        array $element,
        bool $repeatable,
    ): void {
        $body = json_encode(
            [$object => ['Element' => $element]],
            JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR,
        );
        $this->call($method, "/connectors/$connector", $repeatable, $body);
    }

    /** Make a call; by OAuth with one token for all, and once more with a new one. */
    private function call(
        string $method,
        string $target,
        bool $repeatable,
        string $body = '',
    ): Answer {
        $headers = $this->headers;
        if ($body !== '') {
            $headers['Content-Type'] = 'application/json;charset=utf-8';
        }
        if ($this->authorization === '') {
            $this->signIn();
        }
        $who = ['Authorization' => $this->authorization];
        $answer = $this->asked($method, $target, $repeatable, $headers + $who, $body);
        if ($answer->status === 401 && $this->clientId !== '') {
            $this->signIn();  // the token has ended
            $who = ['Authorization' => $this->authorization];
            $answer = $this->asked($method, $target, $repeatable, $headers + $who, $body);
        }
        return $this->accepted($answer);
    }

    /** Ask for an access token, to be used until it ends. */
    private function signIn(): void
    {
        $form = http_build_query([
            'grant_type' => 'client_credentials',
            'client_id' => $this->clientId,
            'client_secret' => $this->clientSecret,
        ]);
        $headers = ['Content-Type' => 'application/x-www-form-urlencoded'];
        $answer = $this->asked('POST', '/oauth/token', true, $headers, $form);
        if (in_array($answer->status, [400, 401], true)) {
            throw new AfasError(
                'AFAS weigert de aanmelding. Vernieuw het secret van de app connector.'
            );
        }
        $token = $this->accepted($answer)->json()['access_token'] ?? '';
        if ($token === '') {
            throw new NotReached('AFAS gaf geen token bij de aanmelding.');
        }
        $this->authorization = "Bearer $token";
    }

    /** @param array<string, string> $headers */
    private function asked(
        string $method,
        string $target,
        bool $repeatable,
        array $headers,
        string $body,
    ): Answer {
        for ($number = 1;; $number++) {
            $pauseS = self::FIRST_PAUSE_S * 2 ** ($number - 1);
            try {
                $answer = $this->connection->send($method, $target, $headers, $body);
                if ($answer->status !== 503) {
                    return $answer;
                }
                $pauseS = self::askedPause($answer) ?? $pauseS;
                $problem = new NotReached(
                    sprintf('AFAS is in onderhoud; probeer het over %d seconden opnieuw.', $pauseS)
                );
            } catch (NotReached $problem) {
                // nothing was sent
            } catch (AnswerLost $problem) {
                if (!$repeatable) {
                    throw $problem;
                }
            }
            if ($number === self::TRIES || $pauseS > self::LONGEST_PAUSE_S) {
                throw $problem;
            }
            $this->log->warning("{$problem->getMessage()} Wacht $pauseS s.");
            ($this->pause)($pauseS);
        }
    }

    /** Of a 500 AFAS means: I will not do this. Its text and reference are for a person. */
    private function accepted(Answer $answer): Answer
    {
        if ($answer->status >= 200 && $answer->status < 300) {
            $answer->json();
            return $answer;
        }
        if ($answer->status === 401) {
            throw new AfasError('AFAS weigert het token (401). Maak een nieuw token.');
        }
        if ($answer->status === 403) {
            throw new AfasError('AFAS weigert dit IP-adres (403). Pas de IP-restrictie aan.');
        }
        $told = json_decode($answer->body, true);
        $text = $told['externalMessage'] ?? "AFAS weigert de aanroep met status {$answer->status}.";
        $reference = $told['profitLogReference'] ?? '';
        if ($reference !== '') {
            $text .= " (AFAS-logreferentie $reference)";
        }
        $this->log->error($text);
        throw new Refused($text);
    }

    private static function askedPause(Answer $answer): ?float
    {
        $asked = $answer->headers['retry-after']
            ?? json_decode($answer->body, true)['retry_after']
            ?? null;
        return is_numeric($asked) ? max(0.0, (float) $asked) : null;
    }
}
