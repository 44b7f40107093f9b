/** The bridge as a service: its requests, and the webhooks of Profit. */

import { createServer } from "node:http";

import { Office } from "./office.mjs";

const LARGEST_WEBHOOK_BYTES = 1024 * 1024;
const LARGEST_REQUEST_BYTES = 128 * 1024 * 1024;

/** A request that is not carried out; what its sender is told. */
class Rejected extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Make the service; `listen` is for the caller. */
export function service(log) {
  /** The offices that the bridge works for, by their folder. */
  const offices = new Map();
  const outside = { log };

  const ROUTES = {
    "GET /health": () => [200, { ok: true }],

    "POST /prepare"(body) {
      const { context } = parsed(body);
      const settings = {
        baseUrl: context.base_url,
        token: context.token,
        integrationId: context.integration_id,
        clientId: context.client_id,
        clientSecret: context.client_secret,
        webhookSecret: context.webhook_secret,
      };
      offices.set(context.work_dir, new Office(settings, context.work_dir, outside));
      return [200, {}];
    },

    "POST /finish"(body) {
      offices.delete(parsed(body).context.work_dir);
      return [200, {}];
    },

    "POST /webhooks/afas"(body, headers) {
      const signature = headers["x-profit-signature-256"];
      const office = [...offices.values()].find((each) => each.signed(body, signature));
      if (office === undefined) {
        log("warning", "webhook geweigerd: de handtekening klopt niet");
        throw new Rejected(401, "signature");
      }
      const notice = parsed(body);
      if (!notice.EventId) throw new Rejected(400, "EventId");
      return [office.receive(notice) ? 202 : 200, {}];
    },
  };

  async function perform(name, body) {
    if (!Office.can(name)) throw new Rejected(404, `onbekende opdracht ${name}`);
    const call = parsed(body);
    const office = offices.get(call.context?.work_dir);
    if (office === undefined) throw new Rejected(409, "dit kantoor is niet voorbereid");
    return [200, await office.perform(name, call.input)];
  }

  async function answer(request) {
    const { pathname } = new URL(request.url, "http://bridge.invalid");
    const route = ROUTES[`${request.method} ${pathname}`];
    const isWebhook = pathname.startsWith("/webhooks/");
    const body = await read(request, isWebhook ? LARGEST_WEBHOOK_BYTES : LARGEST_REQUEST_BYTES);
    if (route !== undefined) return route(body, request.headers);
    const [, name] = /^\/operations\/([a-z-]+)$/.exec(pathname) ?? [];
    if (request.method !== "POST" || name === undefined) throw new Rejected(404, "not found");
    return perform(name, body);
  }

  return createServer(async (request, response) => {
    let [status, told] = [500, { error: "internal" }];
    try {
      [status, told] = await answer(request);
    } catch (error) {
      if (error instanceof Rejected) [status, told] = [error.status, { error: error.message }];
      else log("error", error.stack);
    }
    const content = JSON.stringify(told);
    response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" }).end(content);
  });
}

async function read(request, limitBytes) {
  const parts = [];
  let sizeBytes = 0;
  for await (const part of request) {
    sizeBytes += part.length;
    if (sizeBytes > limitBytes) throw new Rejected(413, "too large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parsed(body) {
  try {
    const plain = JSON.parse(body.toString("utf8"));
    if (typeof plain === "object" && plain !== null) return plain;
  } catch {
    // told below
  }
  throw new Rejected(400, "JSON");
}
