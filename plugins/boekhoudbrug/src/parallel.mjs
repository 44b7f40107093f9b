/** Doing several things at once, but not too many. */

/**
 * Call `work` for each item, `limit` of them at the same time; return the results in order.
 * After the first failure nothing new is begun; it is thrown when what was begun has ended.
 */
export async function inParallel(items, limit, work) {
  const results = new Array(items.length);
  const failures = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length && failures.length === 0) {
      const at = next++;
      try {
        results[at] = await work(items[at]);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}

/** Lets `limit` callers through at a time; the others wait for their turn. */
export class Gate {
  #free;
  #waiting = [];

  constructor(limit) {
    this.#free = limit;
  }

  async through(work) {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const first = this.#waiting.shift();
      if (first) first();
      else this.#free += 1;
    }
  }
}
