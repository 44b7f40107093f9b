/**
 * Calls to AFAS Profit, the way AFAS asks for them.
 *
 * Source: AFAS, docs.afas.help/profit: authentication, integrationid, get-connector,
 * update-connector, troubleshooting.
 */

import { setTimeout as sleep } from "node:timers/promises";

import { Gate } from "../parallel.mjs";
import { TooLate, read, retryAfterS, whatFailed } from "./answer.mjs";
import { AccessError, AnswerLostError, UnavailableError } from "./errors.mjs";
import { filterQuery } from "./filter.mjs";

const TRIES = 3;
const FIRST_PAUSE_S = 0.5;
/** Longer maintenance than this is told to the administrator instead of waited for. */
const LONGEST_PAUSE_S = 30;
const TIMEOUT_S = 120;
/** AFAS advises no more calls at once to one environment. */
const MOST_CALLS = 5;
const MOST_ROWS = 1000;
/** Rows times columns of one call stay below this. */
const MOST_CELLS = 150_000;

export class AfasClient {
  #baseUrl;
  #settings;
  #headers;
  /** What says who calls; empty until there is a token of OAuth. */
  #authorization;
  /** The sign-in that is under way, for all who need it. */
  #signingIn;
  #gate = new Gate(MOST_CALLS);
  #log;
  #pause;
  #signal;

  /**
   * @param {{baseUrl: string, token: string, integrationId: string, clientId?: string,
   *   clientSecret?: string}} settings the customer's environment: by OAuth where there is a client,
   *   else by the token as Profit issues it, XML
   * @param {{log: Function, pause?: Function, signal?: AbortSignal}} outside where the log goes,
   *   how to wait some seconds, and what calls everything off
   */
  constructor(settings, { log, pause = (seconds) => sleep(seconds * 1000), signal }) {
    this.#baseUrl = settings.baseUrl;
    this.#log = log;
    this.#pause = pause;
    this.#signal = signal;
    this.#settings = settings;
    const token = Buffer.from(settings.token ?? "", "utf8").toString("base64");
    this.#authorization = settings.clientId ? "" : `AfasToken ${token}`;
    this.#headers = {
      IntegrationId: settings.integrationId,
      "User-Agent": "Webwinkel/3.1.0",
      "Accept-Language": "nl-nl",
    };
  }

  /**
   * Yield the rows of a GetConnector, page by page, in a fixed order: without one, two pages may
   * hold the same row and miss another.
   */
  async *rows({ id, columns, orderBy }, filter = []) {
    const take = Math.min(MOST_ROWS, Math.floor(MOST_CELLS / columns));
    for (let skip = 0; ; skip += take) {
      const query = { skip, take, orderbyfieldids: orderBy.join(","), ...filterQuery(filter) };
      const path = `/connectors/${id}?${new URLSearchParams(query)}`;
      const answer = await this.#call("GET", path, { repeatable: true });
      const rows = answer.rows();
      yield* rows;
      if (rows.length < take) return;
    }
  }

  /**
   * Insert one element through an UpdateConnector; return the keys that AFAS gave it.
   * After an AnswerLostError: look whether it is there before sending it again.
   */
  async insert(connector, element) {
    const body = JSON.stringify({ [connector]: { Element: element } });
    const path = `/connectors/${connector}`;
    const answer = await this.#call("POST", path, { body, repeatable: false });
    if (answer.text === "") return {};
    return Object.values(answer.json().results ?? {})[0] ?? {};
  }

  /** Make a call; by OAuth with one token for all, and once more with a new one. */
  async #call(method, path, { body, repeatable }) {
    const name = `${method} ${path.split("?")[0]}`; // values of a filter stay out of the log
    const json = body && { "Content-Type": "application/json;charset=utf-8" };
    const ask = () => {
      const headers = { ...this.#headers, ...json, Authorization: this.#authorization };
      return this.#asked(name, method, path, { body, repeatable, headers });
    };
    if (!this.#authorization) await this.#signIn("");
    const used = this.#authorization;
    let answer = await ask();
    if (answer.status === 401 && this.#settings.clientId) {
      await this.#signIn(used); // the token has ended
      answer = await ask();
    }
    return read(answer, name, this.#log);
  }

  /** Ask for a token in place of one, unless another call did so meanwhile. */
  async #signIn(used) {
    if (this.#authorization !== used) return;
    this.#signingIn ??= this.#askToken().finally(() => (this.#signingIn = undefined));
    await this.#signingIn;
  }

  async #askToken() {
    const { clientId, clientSecret } = this.#settings;
    const form = { client_id: clientId, client_secret: clientSecret };
    const body = new URLSearchParams({ grant_type: "client_credentials", ...form }).toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const name = "POST /oauth/token";
    const asked = { body, repeatable: true, headers };
    const answer = await this.#asked(name, "POST", "/oauth/token", asked);
    if (answer.status === 400 || answer.status === 401) {
      const what = "Vernieuw het secret van de app connector.";
      throw new AccessError(`AFAS weigert de aanmelding. ${what}`);
    }
    const token = read(answer, name, this.#log).json().access_token;
    if (!token) throw new UnavailableError("AFAS gaf geen token bij de aanmelding.");
    this.#authorization = `Bearer ${token}`;
  }

  async #asked(name, method, path, { body, repeatable, headers }) {
    for (let tries = 1; ; tries += 1) {
      let pauseS = FIRST_PAUSE_S * 2 ** (tries - 1);
      let problem;
      try {
        const answer = await this.#gate.through(() => this.#send(method, path, body, headers));
        if (answer.status !== 503) return answer;
        pauseS = retryAfterS(answer) ?? pauseS;
        const when = `probeer het over ${Math.round(pauseS)} seconden opnieuw.`;
        problem = new UnavailableError(`AFAS is in onderhoud; ${when}`);
      } catch (error) {
        const mayRepeat = error instanceof AnswerLostError && repeatable;
        if (!mayRepeat && !(error instanceof UnavailableError)) throw error;
        problem = error;
      }
      if (tries === TRIES || pauseS > LONGEST_PAUSE_S) throw problem;
      this.#log("warning", `${name}: ${problem.message} Wacht ${pauseS} s.`);
      await this.#pause(pauseS);
    }
  }

  async #send(method, path, body, headers) {
    const calledOff = new AbortController();
    const stop = () => calledOff.abort();
    const timer = setTimeout(() => calledOff.abort(new TooLate()), TIMEOUT_S * 1000);
    this.#signal?.addEventListener("abort", stop);
    try {
      const { signal } = calledOff;
      const response = await fetch(this.#baseUrl + path, { method, headers, body, signal });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      if (this.#signal?.aborted) throw error;
      throw whatFailed(error);
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener("abort", stop);
    }
  }
}
