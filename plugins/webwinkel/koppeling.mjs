/**
 * Lets koppeling-harness drive Webwinkel: nothing but the way in.
 *
 * JSON-RPC 2.0, one object per line: requests on standard input, answers on standard output.
 * The protocol is described in docs/reference/stdio-protocol.md of the harness.
 */

import { createInterface } from "node:readline";

import { Shop } from "./src/shop.mjs";

const VERSION = 1;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const RAISED = -32000;

/** The shop of each scenario, by its work folder, and what calls it off. */
const shops = new Map();
/** What calls off the request that is being carried out, by its id. */
const underWay = new Map();

function say(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

function log(level, message) {
  say({ method: "log", params: { level, message } });
}

const METHODS = {
  initialize: () => ({ version: VERSION, hooks: ["prepare", "trigger", "finish"] }),

  prepare({ context = refuse("no context") }) {
    const settings = {
      baseUrl: context.base_url,
      token: context.token,
      integrationId: context.integration_id,
      clientId: context.client_id,
      clientSecret: context.client_secret,
    };
    const calledOff = new AbortController();
    const shop = new Shop(settings, context.work_dir, { log, signal: calledOff.signal });
    shops.set(context.work_dir, { shop, calledOff });
    return null;
  },

  async trigger({ call }, id) {
    const { shop, calledOff } = shops.get(call?.context?.work_dir) ?? refuse("no prepared context");
    underWay.set(id, calledOff);
    try {
      return await shop.perform(call.operation, call.input);
    } finally {
      underWay.delete(id);
    }
  },

  finish({ context }) {
    shops.delete(context?.work_dir);
    return null;
  },

  shutdown: () => null,

  cancel({ id }) {
    underWay.get(id)?.abort();
  },
};

class InvalidParams extends Error {}

function refuse(what) {
  throw new InvalidParams(what);
}

async function answer({ id, method, params }) {
  if (!Object.hasOwn(METHODS, method)) {
    const message = `there is no method ${method}`;
    if (id !== undefined) say({ id, error: { code: METHOD_NOT_FOUND, message } });
    return;
  }
  try {
    const result = await METHODS[method](params ?? {}, id);
    if (id !== undefined) say({ id, result });
  } catch (error) {
    const code = error instanceof InvalidParams ? INVALID_PARAMS : RAISED;
    const data = { kind: "raised", hint: error.stack ?? "" };
    if (id !== undefined) say({ id, error: { code, message: String(error), data } });
  }
  if (method === "shutdown") input.close();
}

const input = createInterface({ input: process.stdin });
input.on("line", (line) => answer(JSON.parse(line)));
// Connections to Profit that are kept open would keep the process alive.
input.on("close", () => process.stdout.end(() => process.exit()));
