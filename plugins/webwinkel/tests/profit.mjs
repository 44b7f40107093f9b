/** A small Profit on loopback for the tests: rows to read, and what was sent to it. */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AfasClient } from "../src/afas/client.mjs";
import { Shop } from "../src/shop.mjs";

const TOKEN = "<token><version>1</version><data>0</data></token>";

export class Profit {
  /** Rows of each GetConnector: a list, or a function of the filter's values. */
  rows = {};
  /** What is answered instead, one for each call: {status, headers, body}, "reset" or "lost". */
  instead = [];
  asked = [];
  written = [];
  pauses = [];
  logged = [];
  mostAtOnce = 0;
  #atOnce = 0;
  #server = createServer((request, response) => this.#serve(request, response));
  #folder = mkdtempSync(join(tmpdir(), "webwinkel-"));

  static async started(t, rows = {}) {
    const profit = new Profit();
    profit.rows = rows;
    profit.#server.listen(0, "127.0.0.1");
    await once(profit.#server, "listening");
    t.after(async () => {
      await profit.stopped();
      rmSync(profit.#folder, { recursive: true });
    });
    return profit;
  }

  get settings() {
    const baseUrl = `http://127.0.0.1:${this.#server.address().port}/ProfitRestServices`;
    return { baseUrl, token: TOKEN, integrationId: "56789_204010" };
  }

  get outside() {
    return {
      log: (level, message) => this.logged.push(`${level} ${message}`),
      pause: async (seconds) => this.pauses.push(seconds),
    };
  }

  client() {
    return new AfasClient(this.settings, this.outside);
  }

  /** A shop that remembers what the shops before it did. */
  shop() {
    return new Shop(this.settings, this.#folder, this.outside);
  }

  async #serve(request, response) {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    const url = new URL(request.url, "http://profit.invalid");
    const connector = url.pathname.split("/").at(-1);
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    const call = {
      method: request.method,
      connector,
      headers: request.headers,
      query: Object.fromEntries(url.searchParams),
      body,
    };
    this.asked.push(call);
    const instead = this.instead.shift();
    if (instead === "reset") request.socket.destroy();
    else if (instead === "lost") {
      this.#answer(call);
      request.socket.destroy();
    } else {
      const { status, headers = {}, body: text } = instead ?? this.#answer(call);
      await new Promise((resolve) => setTimeout(resolve, 2));
      response.writeHead(status, headers).end(text);
    }
    this.#atOnce -= 1;
  }

  #answer({ method, connector, query, body }) {
    if (method === "GET") {
      const kept = this.rows[connector] ?? [];
      const all =
        typeof kept === "function" ? kept((query.filtervalues ?? "").split(/[,;]/)) : kept;
      const [skip, take] = [Number(query.skip), Number(query.take)];
      return {
        status: 200,
        body: JSON.stringify({ skip, take, rows: all.slice(skip, skip + take) }),
      };
    }
    const element = JSON.parse(body)[connector].Element;
    this.written.push({ connector, element });
    const number = String(this.written.length);
    return {
      status: 201,
      body: JSON.stringify({ results: { [connector]: { OrNu: number, DbId: number } } }),
    };
  }

  /** Stop listening; who calls now is not answered at all. */
  async stopped() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function refusal(message, reference = "B8213AF1C3C54E579686406A8DE71C6C") {
  const body = JSON.stringify({ externalMessage: message, profitLogReference: reference });
  return { status: 500, body };
}
