/** Starts the bridge: `PORT=8080 node server.mjs`. It listens on loopback, behind a proxy. */

import { service } from "./src/service.mjs";

function log(level, message) {
  console.error(`${level} ${message}`);
}

const server = service(log);
server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
process.on("SIGTERM", () => {
  server.close(() => process.exit());
  server.closeAllConnections();
});
