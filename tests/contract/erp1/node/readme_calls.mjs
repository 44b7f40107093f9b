// The calls that the README of afas-connect shows (github.com/GarbageSlave/afas-connect), made by
// Node's own fetch in the form in which that package sends them: the package itself is not in the
// registries at hand. The address and the token stand in the environment; the argument is where to
// write what came back.
import { writeFileSync } from "node:fs";

const base = process.env.AFAS_URL;
const authorization = `AfasToken ${Buffer.from(process.env.AFAS_TOKEN).toString("base64")}`;

async function call(method, path, body, headers = {}) {
  const reply = await fetch(`${base}/${path}`, {
    method,
    headers: { Authorization: authorization, "Accept-Language": "nl-nl", ...headers },
    body: body && JSON.stringify(body), // without a Content-Type of its own, as the package
  });
  const bytes = Buffer.from(await reply.arrayBuffer());
  const text = bytes.toString("utf8");
  let data = text;
  try {
    data = JSON.parse(text);
  } catch {
    // an empty answer, or a file
  }
  return { status: reply.status, type: reply.headers.get("content-type"), size: bytes.length, data };
}

const get = (connector, query = "") => call("GET", `connectors/${connector}${encodeURI(query)}`);
const element = (name, fields, objects) => ({
  [name]: { Element: { Fields: fields, ...(objects && { Objects: objects }) } },
});
const jsonFilter = {
  Filters: {
    Filter: [
      {
        "@FilterId": "Filter 1",
        Field: [
          { "@FieldId": "ItemCode", "@OperatorType": 1, "#text": "A00001" },
          { "@FieldId": "Description", "@OperatorType": 6, "#text": "Monitor" },
        ],
      },
      {
        "@FilterId": "Filter 2",
        Field: [{ "@FieldId": "ItemCode", "@OperatorType": 10, "#text": "A0003" }],
      },
    ],
  },
};
const said = {};

said.plain = await get("Profit_Article");
said.page = await get("Profit_Article", "?skip=2&take=3&orderbyfieldids=-ItemCode&");
said.or = await get(
  "Profit_Article",
  "?take=50&orderbyfieldids=ItemCode&" +
    "filterfieldids=ItemCode;ItemCode;ItemCode&filtervalues=A00001;00022;A0003&operatortypes=1;6;10",
);
said.json = await get(
  "Profit_Article",
  `?take=50&orderbyfieldids=ItemCode&filterjson=${encodeURI(JSON.stringify(jsonFilter))}`,
);
said.jsonEncoded = await call(
  "GET",
  "connectors/Profit_Article?take=50&orderbyfieldids=ItemCode&filterjson=" +
    encodeURIComponent(JSON.stringify(jsonFilter)),
);
said.overview = await call("GET", "metainfo/");
said.getMetainfo = await call("GET", "metainfo/get/Profit_Article");
said.updateMetainfo = await call("GET", "metainfo/update/FbItemArticle");
said.version = await call("GET", "profitversion");

const made = { ItCd: "AC1", Ds: "Gemaakt", Grp: "HARD", BiUn: "STK", VaRc: "1" };
said.insert = await call("POST", "connectors/FbItemArticle", element("FbItemArticle", made));
said.update = await call(
  "PUT", "connectors/FbItemArticle", element("FbItemArticle", { ItCd: "AC1", Ds: "Anders" }));
said.read = await get(
  "Profit_Article", "?filterfieldids=ItemCode&filtervalues=AC1&operatortypes=1");
said.remove = await call("DELETE", "connectors/FbItemArticle/FbItemArticle/ItCd/AC1");
said.sub = await call(
  "POST", "connectors/PtProject/PtProjectStage",
  element("PtProject", { PrId: "500001" },
    { PtProjectStage: { Element: { Fields: { PrSt: "90", Ds: "Nazorg" } } } }));
said.stages = await get(
  "Profit_Projectstage",
  "?orderbyfieldids=ProjectStage&filterfieldids=ProjectId&filtervalues=500001&operatortypes=1");

const picture = Buffer.from("een bestand").toString("base64");
said.subject = await call(
  "POST", "connectors/KnSubject",
  element("KnSubject", { StId: 1, Ds: "Met bijlage" }, {
    KnSubjectLink: { Element: { Fields: { DoCRM: true, ToBC: true, BcId: "1000101" } } },
    KnSubjectAttachment: { Element: { Fields: { FileName: "a b.txt", FileStream: picture } } },
  }));
const number = said.subject.data.results.KnSubject.SbId;
said.attachments = await get(
  "Profit_Subject_Attachments",
  `?filterfieldids=subject_id&filtervalues=${number}&operatortypes=1`);
const { file_id: file } = said.attachments.data.rows[0];
said.subjectFile = await call("GET", `subjectconnector/${number}/${file}`);
said.file = await call("GET", `fileconnector/${file}/${encodeURI("a b.txt")}`);
said.binary = await call("GET", `fileconnector/${file}/a%20b.txt`, undefined, {
  SendFileAsBinary: "1",
});
said.noImage = await call("GET", "imageconnector/image?format=0");
said.report = await call(
  "GET", "reportconnector/123?filterfieldids=Project&filtervalues=Test&operatortypes=1");
said.reportSet = await call("GET", "reportconnector/123/parset/Project,Year/Test,2026");

const login = { userid: "x@example.com", apiKey: "A".repeat(32), apiToken: "B".repeat(32) };
said.otpRequest = await call("POST", "otprequest", login);
said.otpValidate = await call("POST", "otpvalidation", { ...login, otp: "12345678" });
said.refused = await call("POST", "connectors/FbItemArticle", element("FbItemArticle", {}));

writeFileSync(process.argv[2], JSON.stringify(said));
