import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";

import { service } from "../src/service.mjs";
import { Profit, SECRET } from "./profit.mjs";

const NOTICE = {
  EventId: "e-1",
  EventType: "subject.updated",
  Data: { SubjectId: 7, SubjectTypeId: 1 },
};

/** The service, prepared for an office, and the ways to talk to it. */
async function started(t, profit) {
  const server = service((level, message) => profit.logged.push(`${level} ${message}`));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { baseUrl: base_url, token, integrationId: integration_id } = profit.settings;
  const context = {
    base_url,
    token,
    integration_id,
    work_dir: profit.folder,
    webhook_secret: SECRET,
  };
  const post = async (path, body, headers = {}) => {
    const url = `http://127.0.0.1:${server.address().port}${path}`;
    const answer = await fetch(url, { method: "POST", body, headers });
    return [answer.status, await answer.json()];
  };
  await post("/prepare", JSON.stringify({ context }));
  return {
    post,
    operation: async (name, input) =>
      (await post(`/operations/${name}`, JSON.stringify({ operation: name, input, context })))[1],
    webhook: async (notice, secret = SECRET) => {
      const body = JSON.stringify(notice);
      const signature = createHmac("sha256", secret).update(body).digest("hex");
      const [status] = await post("/webhooks/afas", body, {
        "X-Profit-Signature-256": `sha256=${signature}`,
      });
      return status;
    },
  };
}

const DOSSIER = {
  Boekhoudbrug_Dossier: [{ SubjectId: 7, Subject: "Bon", DateModified: "2026-11-02T09:00:00Z" }],
  Boekhoudbrug_Bijlagen: ([subject]) => [{ subject_id: Number(subject), file_name: "bon.jpg" }],
};
const BON = { subject: "7", title: "Bon", completed: false, files: ["bon.jpg"] };

test("a webhook that AFAS signed is kept at once and worked on later", async (t) => {
  const profit = await Profit.started(t, DOSSIER);
  const { webhook, operation } = await started(t, profit);

  assert.equal(await webhook(NOTICE), 202);
  assert.equal(profit.asked.length, 0);
  const { output } = await operation("sync-dossier", null);

  assert.equal(output.notices, 1);
  assert.deepEqual(output.documents, [BON]);
});

test("a webhook that comes twice is one notice, also after it was worked on", async (t) => {
  const profit = await Profit.started(t, DOSSIER);
  const { webhook, operation } = await started(t, profit);

  assert.deepEqual([await webhook(NOTICE), await webhook(NOTICE)], [202, 200]);
  assert.equal((await operation("sync-dossier", null)).output.notices, 1);
  assert.equal(await webhook(NOTICE), 200);
  assert.equal((await operation("sync-dossier", null)).output.notices, 0);
});

test("a webhook that AFAS did not sign is refused, and so is one that is no notice", async (t) => {
  const profit = await Profit.started(t, DOSSIER);
  const { webhook, post, operation } = await started(t, profit);

  assert.equal(await webhook(NOTICE, "een ander geheim"), 401);
  assert.equal((await post("/webhooks/afas", JSON.stringify(NOTICE)))[0], 401);
  assert.equal(await webhook({ zomaar: 1 }), 400);
  assert.equal((await operation("sync-dossier", null)).output.notices, 0);
});

test("a signature holds for the bytes that came, not for what they mean", async (t) => {
  const profit = await Profit.started(t);
  const { post } = await started(t, profit);
  const signature = createHmac("sha256", SECRET).update(JSON.stringify(NOTICE)).digest("hex");

  const [status] = await post("/webhooks/afas", JSON.stringify(NOTICE, null, 1), {
    "X-Profit-Signature-256": `sha256=${signature}`,
  });

  assert.equal(status, 401);
});

test("a document that was deleted is told as gone", async (t) => {
  const profit = await Profit.started(t, { ...DOSSIER, Boekhoudbrug_Dossier: [] });
  const { webhook, operation } = await started(t, profit);

  await webhook({ ...NOTICE, EventType: "subject.deleted" });

  assert.deepEqual((await operation("sync-dossier", null)).output.gone, ["7"]);
});

test("what the bridge attached itself is no news to it", async (t) => {
  const profit = await Profit.started(t, {
    ...DOSSIER,
    Boekhoudbrug_Dossier: [{ SubjectId: 1, DateModified: "2026-11-02T09:00:00Z" }],
  });
  const { webhook, operation } = await started(t, profit);
  const document = { ref: "D-1", title: "Bon", fileName: "bon.jpg", content: "AAAA" };
  await operation("attach-documents", { documents: [document] });

  await webhook({ ...NOTICE, Data: { SubjectId: 1 } });
  const { output } = await operation("sync-dossier", null);

  assert.deepEqual([output.notices, output.documents], [1, []]);
});

test("the second time only what changed in the dossier is read, and no news is none", async (t) => {
  const profit = await Profit.started(t, DOSSIER);
  const { operation } = await started(t, profit);

  assert.deepEqual((await operation("sync-dossier", null)).output.documents, [BON]);
  assert.deepEqual((await operation("sync-dossier", null)).output.documents, []);
  assert.equal(profit.asked.at(-1).query.filtervalues, "2026-11-02T08:59:00");
});

test("who waits for a notice gets it as soon as it is there", async (t) => {
  const profit = await Profit.started(t, DOSSIER);
  const { webhook, operation } = await started(t, profit);

  const waiting = operation("sync-dossier", { waitFor: 1, withinS: 30 });
  await webhook(NOTICE);

  assert.equal((await waiting).output.notices, 1);
});

test("what cannot be done is told by its status", async (t) => {
  const profit = await Profit.started(t);
  const { post } = await started(t, profit);

  assert.equal((await post("/operations/dansen", "{}"))[0], 404);
  assert.equal((await post("/operations/sync-ledger", "{}"))[0], 409);
  assert.equal((await post("/prepare", "geen JSON"))[0], 400);
  assert.equal((await post("/nergens", "{}"))[0], 404);
  assert.equal((await post("/webhooks/afas", "x".repeat(1024 * 1024 + 1)))[0], 413);
});
