<?php

declare(strict_types=1);

namespace PersoneelSync;

/** What is known of the people of one customer, in one JSON file. */
final class Store
{
    private readonly string $file;
    /** @var array{mark: string, people: array<string, array<string, mixed>>} */
    private array $content = ['mark' => '', 'people' => []];

    public function __construct(string $folder)
    {
        $this->file = "$folder/personeelsync.json";
        if (is_file($this->file)) {
            $this->content = json_decode(file_get_contents($this->file), true, flags: JSON_THROW_ON_ERROR);
        }
    }

    /** The newest date of change that Profit showed. */
    public function mark(): string
    {
        return $this->content['mark'];
    }

    public function setMark(string $mark): void
    {
        $this->content['mark'] = $mark;
    }

    /** @return array<string, Person> by employee number */
    public function people(): array
    {
        return array_map(Person::fromArray(...), $this->content['people']);
    }

    public function person(string $employee): ?Person
    {
        $known = $this->content['people'][$employee] ?? null;
        return $known === null ? null : Person::fromArray($known);
    }

    public function put(Person $person): void
    {
        // numbers as keys would lose their zeros, these do not: PHP keeps `000001003` a text
        $this->content['people'][$person->employee] = $person->toArray();
    }

    /** Whoever reads meanwhile sees what was, or what is, and never half of it. */
    public function save(): void
    {
        $text = json_encode($this->content, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
        file_put_contents("{$this->file}.new", $text);
        rename("{$this->file}.new", $this->file);
    }
}
