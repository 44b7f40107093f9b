// Kassabrug: receipts of a till to Profit. One file, nothing but Node.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const PAGE = 500;
const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

class Told extends Error {}
class Denied extends Told {}
class Lost extends Error {}

async function once({ base, token, id }, method, path, body) {
  const headers = {
    Authorization: `AfasToken ${Buffer.from(token).toString("base64")}`,
    IntegrationId: id,
    "Accept-Language": "nl-nl",
  };
  if (body !== undefined) headers["Content-Type"] = "application/json;charset=utf-8";
  try {
    const answer = await fetch(base + path, { method, headers, body });
    return { status: answer.status, after: answer.headers.get("retry-after"), text: await answer.text() };
  } catch (error) {
    throw new Lost(error.message);
  }
}

async function ask(profit, method, path, body) {
  for (let left = 2; ; left -= 1) {
    const { status, after, text } = await once(profit, method, path, body);
    if (status === 503) {
      const seconds = Number(after ?? 1);
      if (left === 0 || seconds > 4) throw new Told(`Profit is in onderhoud (${seconds} s).`);
      await wait(seconds);
      continue;
    }
    if (status === 401 || status === 403) throw new Denied(`Profit weigert de kassa: ${status}.`);
    let said;
    try {
      said = text === "" ? {} : JSON.parse(text);
    } catch {
      said = undefined;
    }
    if (status >= 400) {
      const why = said?.externalMessage ?? `status ${status}`;
      throw new Told(`Profit: ${why} (${said?.profitLogReference ?? "-"})`);
    }
    if (said === undefined) throw new Lost("no JSON");
    return said;
  }
}

async function page(profit, path) {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      const { rows } = await ask(profit, "GET", path);
      if (Array.isArray(rows)) return rows;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      await wait(0.1);
    }
  }
  throw new Told("Profit gaf geen leesbaar antwoord.");
}

async function all(profit, connector, order, filter = {}) {
  const found = [];
  for (;;) {
    const query = { skip: found.length, take: PAGE, orderbyfieldids: order, ...filter };
    const rows = await page(profit, `/connectors/${connector}?${new URLSearchParams(query)}`);
    found.push(...rows);
    if (rows.length < PAGE) return found;
  }
}

const minuteBefore = (stamp) =>
  new Date(Date.parse(`${stamp.replace(/Z$/, "")}Z`) - 60_000).toISOString().slice(0, 19);

async function artikelen(profit, memory) {
  const filter = memory.seen
    ? { filterfieldids: "ModifiedDate", filtervalues: minuteBefore(memory.seen), operatortypes: "2" }
    : {};
  const rows = await all(profit, "Kassabrug_Artikelen", "ItemCode", filter);
  for (const { ModifiedDate } of rows) {
    if (!memory.seen || ModifiedDate > memory.seen) memory.seen = ModifiedDate;
  }
  return { read: rows.length };
}

async function voorraad(profit) {
  return { read: (await all(profit, "Kassabrug_Voorraad", "ItemCode")).length };
}

const amsterdam = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Amsterdam" });

function order({ nummer, debiteur, tijd, regels }) {
  const lines = regels.map(({ artikel, aantal, stuks, tekst }) => ({
    Fields: { VaIt: "2", ItCd: artikel, BiUn: "STK", QuUn: aantal, Upri: stuks, Ds: tekst },
  }));
  const Fields = { OrDa: amsterdam.format(new Date(tijd)), DbId: debiteur, RfCs: nummer, CuId: "EUR", InVa: false };
  const body = { FbSales: { Element: { Fields, Objects: [{ FbSalesLines: { Element: lines } }] } } };
  return JSON.stringify(body);
}

async function isThere(profit, nummer) {
  const filter = { filterfieldids: "CustomerReference", filtervalues: nummer, operatortypes: "1" };
  return (await all(profit, "Kassabrug_Bonnen", "OrderNumber", filter)).length > 0;
}

async function book(profit, bon) {
  if (await isThere(profit, bon.nummer)) return;
  const body = order(bon);
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      await ask(profit, "POST", "/connectors/FbSales", body);
      return;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      if (await isThere(profit, bon.nummer)) return;
    }
  }
  throw new Told("onbekend of de bon geboekt is; kijk in Profit");
}

async function bonnen(profit, memory, { bonnen: given }) {
  memory.booked ??= [];
  const failed = [];
  let booked = 0;
  for (const bon of given) {
    if (memory.booked.includes(bon.nummer)) continue;
    try {
      await book(profit, bon);
      memory.booked.push(bon.nummer);
      booked += 1;
    } catch (error) {
      if (!(error instanceof Told) || error instanceof Denied) throw error;
      failed.push(`${bon.nummer}: ${error.message}`);
    }
  }
  return { booked, failed };
}

// One at a time; of a till that was switched off in the midst of it the lock says nothing.
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
  } catch {
    const pid = readFileSync(lock, "utf8");
    try {
      if (pid === "" || process.kill(Number(pid), 0)) throw new Told("de kassa is al bezig");
    } catch (error) {
      if (error instanceof Told) throw error;
      writeFileSync(lock, String(process.pid));
    }
  }
}

async function trigger({ call }) {
  const { context, operation, input } = call;
  const profit = { base: context.base_url, token: context.token, id: context.integration_id };
  const file = `${context.work_dir}/kassabrug.json`;
  const lock = `${context.work_dir}/kassabrug.lock`;
  let taken = false;
  try {
    take(lock);
    taken = true;
    const memory = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    const output = await { artikelen, voorraad, bonnen }[operation](profit, memory, input);
    writeFileSync(file, JSON.stringify(memory));
    const failed = output.failed ?? [];
    return failed.length === 0 ? { ok: true, output } : { ok: false, output, error: failed.join("\n") };
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    return { ok: false, error: error.message };
  } finally {
    if (taken) rmSync(lock);
  }
}

const methods = {
  initialize: () => ({ version: 1, hooks: ["trigger"] }),
  trigger,
  shutdown: () => null,
};

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, method, params } = JSON.parse(line);
    if (id === undefined || !methods[method]) return;
    let reply;
    try {
      reply = { result: (await methods[method](params ?? {})) ?? null };
    } catch (error) {
      reply = { error: { code: -32000, message: error.message, data: { kind: "raised", hint: "" } } };
    }
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...reply })}\n`);
  })
  .on("close", () => process.exit());
