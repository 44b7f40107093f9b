// Signs in at ERP1 through oauth4webapi (npm): with a secret in the body or by Basic, with
// private_key_jwt, as a confidential client with a code, as a public client with DPoP, over mutual TLS.
// Arguments: the folder that the package is installed in, the private key (PKCS #8, PEM), its kid,
// and where to write what came back. The address stands in the environment.
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packages, pem, kid, out] = process.argv.slice(2);
const entry = path.join(packages, "node_modules/oauth4webapi/build/index.js");
const oauth = await import(pathToFileURL(entry));

const base = process.env.AFAS_URL;
const BACK = "https://app.example/back";
const server = {
  issuer: base,
  authorization_endpoint: `${base}/oauth/authorize`,
  token_endpoint: `${base}/oauth/token`,
};
const plain = { [oauth.allowInsecureRequests]: true };
const article = new URL(`${base}/connectors/Profit_Article?take=1`);

async function rows(token, options) {
  const reply = await oauth.protectedResourceRequest(token, "GET", article, undefined, undefined, {
    ...plain,
    ...options,
  });
  return (await reply.json()).rows.length;
}

async function byKey() {
  const body = fs.readFileSync(pem, "utf8").replace(/-----.*?-----|\s/g, "");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const bytes = Buffer.from(body, "base64");
  const key = await crypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
  const client = { client_id: "acme" };
  const reply = await oauth.clientCredentialsGrantRequest(
    server, client, oauth.PrivateKeyJwt({ key, kid }), new URLSearchParams(), plain,
  );
  const got = await oauth.processClientCredentialsResponse(server, client, reply);
  return { type: got.token_type, rows: await rows(got.access_token) };
}

async function bySecret(how, more = {}) {
  const client = { client_id: "acme" };
  const options = { ...plain, ...more };
  const reply = await oauth.clientCredentialsGrantRequest(
    server, client, how(process.env.SECRET), new URLSearchParams(), options,
  );
  const got = await oauth.processClientCredentialsResponse(server, client, reply);
  return { type: got.token_type, rows: await rows(got.access_token, more) };
}

// Node's own fetch shows no certificate, and for ever waits for some answers that were refused in the
// handshake; `https` does neither.
function showing(cert) {
  return (url, { method, headers, body }) => new Promise((resolve, reject) => {
    const pem = cert && fs.readFileSync(cert);
    const asked = https.request(url, { method, headers: Object.fromEntries(new Headers(headers)), cert: pem, key: pem }, (answer) => {
      const parts = [];
      answer.on("data", (each) => parts.push(each));
      answer.on("end", () => resolve(new Response(Buffer.concat(parts), {
        status: answer.statusCode, headers: new Headers(answer.headers),
      })));
    });
    asked.on("error", reject);
    asked.on("close", () => reject(new Error("closed without an answer")));
    asked.end(body ? String(body) : undefined);
  });
}

async function byCertificate() {
  let refused = false;
  try {
    await bySecret(oauth.ClientSecretPost, { [oauth.customFetch]: showing() });
  } catch {
    refused = true;
  }
  const fetched = { [oauth.customFetch]: showing("shown.pem") };
  return { ...(await bySecret(oauth.ClientSecretPost, fetched)), refused };
}

async function byCode() {
  const client = { client_id: "acme" };
  const auth = oauth.ClientSecretPost(process.env.SECRET);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const ask = new URL(server.authorization_endpoint);
  ask.search = new URLSearchParams({
    response_type: "code",
    client_id: "acme",
    redirect_uri: BACK,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const sent = (await fetch(ask, { redirect: "manual" })).headers.get("location");
  const answered = oauth.validateAuthResponse(server, client, new URL(sent), state);
  const reply = await oauth.authorizationCodeGrantRequest(
    server, client, auth, answered, BACK, verifier, plain,
  );
  const got = await oauth.processAuthorizationCodeResponse(server, client, reply);
  const renewed = async () => oauth.processRefreshTokenResponse(
    server, client, await oauth.refreshTokenGrantRequest(server, client, auth, got.refresh_token, plain),
  );
  const again = await renewed();
  let twice = "";
  try {
    await renewed();
  } catch (error) {
    twice = error.error;
  }
  return { type: got.token_type, rows: await rows(again.access_token), twice };
}

async function byProof(algorithm) {
  const client = { client_id: "app" };
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair(algorithm));
  const verifier = oauth.generateRandomCodeVerifier();
  const ask = new URL(server.authorization_endpoint);
  ask.search = new URLSearchParams({
    response_type: "code",
    client_id: "app",
    redirect_uri: BACK,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const sent = (await fetch(ask, { redirect: "manual" })).headers.get("location");
  const answered = oauth.validateAuthResponse(server, client, new URL(sent));
  const exchange = () => oauth.authorizationCodeGrantRequest(
    server, client, oauth.None(), answered, BACK, verifier, { DPoP, ...plain },
  );
  let nonces = 0;
  const processed = async (send, process) => {
    try {
      return await process(server, client, await send());
    } catch (error) {
      if (!oauth.isDPoPNonceError(error)) throw error;
      nonces += 1;
      return process(server, client, await send());
    }
  };
  const got = await processed(exchange, oauth.processAuthorizationCodeResponse);
  const first = await rows(got.access_token, { DPoP });
  const renew = () => oauth.refreshTokenGrantRequest(
    server, client, oauth.None(), got.refresh_token, { DPoP, ...plain },
  );
  const again = await processed(renew, oauth.processRefreshTokenResponse);
  return { type: got.token_type, rows: first, again: await rows(again.access_token, { DPoP }), nonces };
}

const ways = {
  key: byKey,
  post: () => bySecret(oauth.ClientSecretPost),
  basic: () => bySecret(oauth.ClientSecretBasic),
  certificate: byCertificate,
  code: byCode,
};
const said = await (ways[process.env.WAY] ?? (() => byProof(process.env.WAY)))();
fs.writeFileSync(out, JSON.stringify(said));
