/** What the shop remembers, in one JSON file. */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const EMPTY = { marks: {}, items: {}, stock: {}, customers: {}, orders: {} };

export class Store {
  #path;
  #lock;
  #kept;

  /** @param {string} folder where the file is; made when absent */
  constructor(folder) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, "webwinkel.json");
    this.#lock = join(folder, "webwinkel.lock");
    this.#load();
  }

  /**
   * Do something while no other run of the shop is at work, with what that one left.
   *
   * @returns what it gives; undefined when another run is at work
   */
  async alone(work) {
    if (!this.#take()) return undefined;
    try {
      this.#load();
      return await work();
    } finally {
      rmSync(this.#lock, { force: true });
    }
  }

  #take() {
    try {
      writeFileSync(this.#lock, String(process.pid), { flag: "wx" });
      return true;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isRunning(readFileSync(this.#lock, "utf8"))) return false;
    rmSync(this.#lock, { force: true }); // of a run that was ended
    return this.#take();
  }

  #load() {
    this.#kept = { ...structuredClone(EMPTY), ...load(this.#path) };
  }

  get(table, key) {
    return this.#kept[table][key];
  }

  keys(table) {
    return Object.keys(this.#kept[table]);
  }

  /** Keep a value at once: what is noted before an order is sent must survive a crash. */
  put(table, key, value) {
    this.#kept[table][key] = value;
    this.#write();
  }

  /** Keep many values, all or none of them; return how many differ from what was known. */
  putAll(table, values) {
    let changed = 0;
    for (const [key, value] of Object.entries(values)) {
      if (JSON.stringify(this.#kept[table][key]) === JSON.stringify(value)) continue;
      this.#kept[table][key] = value;
      changed += 1;
    }
    this.#write();
    return changed;
  }

  #write() {
    // Written beside its place and moved there whole, so that a crash leaves no half file.
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#kept));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

/** Whether a process is there; one that only just takes the lock has not written which it is. */
function isRunning(pid) {
  try {
    return pid === "" || process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === "EPERM";
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
