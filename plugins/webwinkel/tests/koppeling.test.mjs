import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Profit, refusal } from "./profit.mjs";

const DRIVER = fileURLToPath(new URL("../koppeling.mjs", import.meta.url));

/** The driver as a child process, and what it says. */
function started(t) {
  const child = spawn(process.execPath, [DRIVER], { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    tell: (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`),
    said: async () => JSON.parse((await lines.next()).value),
  };
}

test("the driver carries a scenario from prepare to finish, and ends when told", async (t) => {
  const profit = await Profit.started(t, {
    Webwinkel_Voorraad: [{ Artikel: "A1", Voorraad: 1 }],
  });
  const work_dir = mkdtempSync(join(tmpdir(), "webwinkel-"));
  t.after(() => rmSync(work_dir, { recursive: true }));
  const { baseUrl: base_url, token, integrationId: integration_id } = profit.settings;
  const context = { base_url, token, integration_id, work_dir };
  const { child, tell, said } = started(t);

  tell({ id: 1, method: "initialize", params: { versions: [1] } });
  assert.deepEqual((await said()).result, { version: 1, hooks: ["prepare", "trigger", "finish"] });
  tell({ id: 2, method: "prepare", params: { context } });
  assert.equal((await said()).id, 2);
  tell({
    id: 3,
    method: "trigger",
    params: { call: { operation: "sync-stock", input: null, context } },
  });
  assert.deepEqual((await said()).result.output, { read: 1, changed: 1, known: 1, vanished: 0 });

  profit.instead = [refusal("Dat kan niet.", "AB12")];
  tell({
    id: 4,
    method: "trigger",
    params: { call: { operation: "sync-stock", input: null, context } },
  });
  const logged = await said();
  assert.equal(logged.method, "log");
  assert.match(logged.params.message, /AB12/);
  assert.match((await said()).result.error, /Dat kan niet/);

  tell({ id: 5, method: "finish", params: { context } });
  assert.equal((await said()).id, 5);
  tell({ id: 6, method: "shutdown" });
  assert.equal((await said()).id, 6);
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("an unknown method is refused, and what breaks down is told", async (t) => {
  const { child, tell, said } = started(t);

  tell({ id: 1, method: "dance" });
  assert.equal((await said()).error.code, -32601);
  tell({ id: 2, method: "trigger", params: {} });
  assert.equal((await said()).error.code, -32602);

  child.stdin.end();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
