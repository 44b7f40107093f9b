/** Customers: a sales relation in Profit for each, and no second one for who is there already. */

import { RefusedError } from "./afas/errors.mjs";
import { EQUALS, where } from "./afas/filter.mjs";
import { pushAll, sendOnce } from "./batch.mjs";
import { CUSTOMERS } from "./connectors.mjs";

const LONGEST_NAME = 80;
/** Profit's ways to look for who is meant. */
const BY_CHAMBER_OF_COMMERCE = "1";
const ALWAYS_NEW = { organisation: "6", person: "7" };
const BY_MAIL = "B"; // how documents go to the customer
const UNKNOWN_GENDER = "O"; // a shop does not ask
/** What the administrator chose for customers of the shop. */
const DEBTOR = { CuId: "EUR", InPv: BY_MAIL, PaCd: "14", IsDb: true, ColA: "1300" };

/** Make customers known in Profit; who is there already is linked. */
export async function pushCustomers(shop, customers) {
  const things = customers.map((customer) => ({ ...customer, key: String(customer.number) }));
  const { made, found, skipped, refused } = await pushAll(shop, "customers", things, (customer) => {
    const { connector, element } = asElement(customer);
    return sendOnce(shop, "customers", {
      key: customer.key,
      looksFirst: true,
      find: () => debtorOf(shop, customer.email),
      send: async () => (await shop.afas.insert(connector, element)).DbId,
    });
  });
  return { made: made.map(named), linked: found.map(named), skipped, refused: refused.map(told) };
}

/** Return the number of the one debtor with an e-mail address; undefined when there is none. */
export async function debtorOf({ afas }, email) {
  const found = [];
  const filter = [[where("Email", EQUALS, tidy(email))]];
  for await (const row of afas.rows(CUSTOMERS, filter)) found.push(row.DebtorId);
  if (found.length > 1) {
    const numbers = found.join(", ");
    throw new RefusedError(
      `het e-mailadres hoort in Profit bij meer klanten (${numbers}); kies er daar één.`,
    );
  }
  return found[0];
}

function asElement(customer) {
  if (!/^\S+@\S+\.\S+$/.test(tidy(customer.email))) {
    throw new RefusedError("het e-mailadres ontbreekt of is onjuist.");
  }
  const isBusiness = Boolean(customer.company);
  const [connector, object, fields] = isBusiness
    ? ["KnSalesRelationOrg", "KnOrganisation", organisation(customer)]
    : ["KnSalesRelationPer", "KnPerson", person(customer)];
  const inner = {
    Fields: fields,
    Objects: [{ KnBasicAddressAdr: { Element: address(customer) } }],
  };
  return {
    connector,
    element: { Fields: DEBTOR, Objects: [{ [object]: { Element: inner } }] },
  };
}

function organisation({ company, chamberOfCommerce, phone, email }) {
  const match = chamberOfCommerce
    ? { MatchOga: BY_CHAMBER_OF_COMMERCE, CcNr: chamberOfCommerce }
    : { MatchOga: ALWAYS_NEW.organisation };
  const name = fitting(company, 255, "de bedrijfsnaam");
  return { ...match, AutoNum: true, PadAdr: true, Nm: name, ...contact({ phone, email }) };
}

function person({ initials, firstName, prefix, lastName, phone, email }) {
  const fields = {
    MatchPer: ALWAYS_NEW.person,
    AutoNum: true,
    PadAdr: true,
    LaNm: fitting(lastName, LONGEST_NAME, "de achternaam"),
    ViGe: UNKNOWN_GENDER,
    ...contact({ phone, email }),
  };
  if (initials) fields.In = fitting(initials, 15, "de voorletters");
  if (firstName) fields.FiNm = fitting(firstName, 50, "de voornaam");
  if (prefix) fields.Is = fitting(prefix, 15, "het voorvoegsel");
  return fields;
}

function contact({ phone, email }) {
  return phone ? { EmAd: tidy(email), TeNr: phone } : { EmAd: tidy(email) };
}

/** "12-a hoog" is house number 12 with the addition "a hoog". */
function address({ address: given = {} }) {
  const country = given.country ?? "NL";
  const [, number, addition] = /^(\d+)\s*[-/]?\s*(.*)$/.exec(given.houseNumber ?? "") ?? [];
  if (!given.street || !given.city || !number) {
    throw new RefusedError("het adres is onvolledig: straat, huisnummer en plaats zijn nodig.");
  }
  const fields = {
    CoId: country,
    PbAd: false,
    Ad: fitting(given.street, 60, "de straat"),
    HmNr: Number(number),
    ZpCd: postcode(given.postcode ?? "", country),
    Rs: fitting(given.city, 50, "de plaats"),
  };
  if (addition) fields.HmAd = fitting(addition, 30, "de toevoeging");
  return { Fields: fields };
}

function postcode(text, country) {
  if (country !== "NL") return text.trim();
  const match = /^\s*(\d{4})\s*([a-z]{2})\s*$/i.exec(text);
  if (match === null) throw new RefusedError("de postcode is geen Nederlandse postcode.");
  return `${match[1]} ${match[2].toUpperCase()}`;
}

/** Refuse what does not fit: a name that is cut off is another name. */
function fitting(text, longest, what) {
  const trimmed = (text ?? "").trim().normalize("NFC");
  if (trimmed === "") throw new RefusedError(`${what} ontbreekt.`);
  if (trimmed.length > longest) {
    throw new RefusedError(`${what} is langer dan de ${longest} tekens van AFAS.`);
  }
  return trimmed;
}

function tidy(email) {
  return (email ?? "").trim().toLowerCase();
}

const named = ({ key, id }) => ({ customer: key, debtor: id });
const told = ({ key, message }) => ({ customer: key, message });
