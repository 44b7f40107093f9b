// Calls ERP1 through openapi-client-axios (npm), which is told what to call by AFAS's own documents.
// Arguments: the folder that the package is installed in, the folder with the documents, and where
// to write what came back. The address and the token stand in the environment.
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const [packages, documents, out] = process.argv.slice(2);
const OpenAPIClientAxios = createRequire(path.join(packages, "package.json"))("openapi-client-axios").default;

function client(name) {
  const definition = JSON.parse(fs.readFileSync(path.join(documents, name), "utf8"));
  const api = new OpenAPIClientAxios({
    definition,
    withServer: { url: process.env.AFAS_URL },
    axiosConfigDefaults: {
      headers: { Authorization: `AfasToken ${Buffer.from(process.env.AFAS_TOKEN).toString("base64")}` },
      validateStatus: () => true,
    },
  });
  return api.initSync();
}

const short = (reply) => ({ status: reply.status, data: reply.data });

async function everyGet(names) {
  const found = {};
  for (const name of names) {
    const afas = client(name);
    for (const operation of afas.api.getOperations()) {
      if (operation.method !== "get" || !/^\/connectors\/\w+$/.test(operation.path)) continue;
      const reply = await afas[operation.operationId]({ take: 1 });
      const rows = operation.responses["200"].content["application/json"].schema.properties.rows;
      const listed = Object.keys(rows.items.properties);
      const shown = (reply.data.rows ?? []).map((row) => Object.keys(row));
      found[operation.path.split("/").pop()] = { status: reply.status, listed, shown };
    }
  }
  return found;
}

async function article() {
  const afas = client("Artikelen.json");
  const body = (fields) => ({ FbItemArticle: { Element: { Fields: fields } } });
  const made = { ItCd: "NPM1", Ds: "Façade", Grp: "HARD", BiUn: "STK", VaRc: "1" };
  const where = { filterfieldids: "ItemCode", filtervalues: "NPM1", operatortypes: 1 };
  return {
    version: short(await afas.get_ProfitVersion()),
    overview: short(await afas.get_MetaInfo()),
    metainfo: short(await afas.get_MetaInfoPerConnector({ Type: "update", Endpoint: "FbItemArticle" })),
    page: short(await afas.Get_Profit_Article({ skip: 1, take: 2, orderbyfieldids: "-ItemCode" })),
    insert: short(await afas.POST_FbItemArticle(null, body(made))),
    twice: short(await afas.POST_FbItemArticle(null, body(made))),
    update: short(await afas.PUT_FbItemArticle(null, body({ ItCd: "NPM1", Ds: "Anders" }))),
    read: short(await afas.Get_Profit_Article(where)),
    remove: short(await afas.DELETE_FbItemArticle({ ItCd: "NPM1" })),
    gone: short(await afas.Get_Profit_Article(where)),
  };
}

(async () => {
  const names = fs.readdirSync(documents).filter((name) => name.endsWith(".json"));
  const said = { gets: await everyGet(names), article: await article() };
  fs.writeFileSync(out, JSON.stringify(said));
})();
