/** What the bridge remembers of one office, in one JSON file. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TABLES = ["marks", "days", "creditors", "entries", "documents", "notices", "dossier"];

export class State {
  #path;
  #tables = new Map();

  /** @param {string} folder where the file is; made when absent */
  constructor(folder) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, "boekhoudbrug.json");
    const kept = load(this.#path);
    for (const name of TABLES) this.#tables.set(name, new Map(kept[name]));
  }

  get(table, key) {
    return this.#tables.get(table).get(key);
  }

  entries(table) {
    return [...this.#tables.get(table)];
  }

  /** Keep a value at once: what is noted before something is sent must survive a crash. */
  put(table, key, value) {
    this.putAll(table, [[key, value]]);
  }

  /** Keep many values, all or none of them; return how many differ from what was known. */
  putAll(table, pairs) {
    const kept = this.#tables.get(table);
    let changed = 0;
    for (const [key, value] of pairs) {
      if (JSON.stringify(kept.get(key)) === JSON.stringify(value)) continue;
      kept.set(key, value);
      changed += 1;
    }
    if (changed > 0) this.#write();
    return changed;
  }

  #write() {
    const plain = Object.fromEntries([...this.#tables].map(([name, kept]) => [name, [...kept]]));
    // Written beside its place and moved there whole, so that a crash leaves no half file.
    writeFileSync(`${this.#path}.new`, JSON.stringify(plain));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function load(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}
