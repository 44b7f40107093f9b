import assert from "node:assert/strict";
import { test } from "node:test";

import { Profit } from "./profit.mjs";

const ADDRESS = { street: "Voorstraat", houseNumber: "9-bis", postcode: "3512ak", city: "Utrecht" };
const COMPANY = {
  number: "W-1",
  company: "De Spaak",
  email: " Inkoop@Spaak.example",
  address: ADDRESS,
};
const PERSON = {
  number: "W-2",
  initials: "A.",
  prefix: "van",
  lastName: "Dijk-Åkesson",
  email: "amelie@klant.example",
  address: { ...ADDRESS, country: "BE", postcode: "1000" },
};

/** A Profit that shows the customers that were written to it, and those it has. */
async function profitOf(t, has = {}) {
  const mailOf = ({ element }) => Object.values(element.Objects[0])[0].Element.Fields.EmAd;
  const profit = await Profit.started(t, {
    Webwinkel_Klanten: ([email]) => [
      ...(has[email] ?? []).map((DebtorId) => ({ DebtorId })),
      ...profit.written.flatMap((each, at) =>
        mailOf(each) === email ? [{ DebtorId: String(at + 1) }] : [],
      ),
    ],
  });
  return profit;
}

const push = (profit, ...customers) => profit.shop().perform("push-customers", { customers });

test("a company and a person become the sales relations that Profit has for them", async (t) => {
  const profit = await profitOf(t);

  await push(profit, COMPANY);
  await push(profit, PERSON);

  const [company, person] = profit.written;
  assert.equal(company.connector, "KnSalesRelationOrg");
  const { Fields, Objects } = company.element.Objects[0].KnOrganisation.Element;
  assert.deepEqual(
    [Fields.MatchOga, Fields.Nm, Fields.EmAd],
    ["6", "De Spaak", "inkoop@spaak.example"],
  );
  assert.deepEqual(Objects[0].KnBasicAddressAdr.Element.Fields, {
    CoId: "NL",
    PbAd: false,
    Ad: "Voorstraat",
    HmNr: 9,
    ZpCd: "3512 AK",
    Rs: "Utrecht",
    HmAd: "bis",
  });
  assert.equal(person.connector, "KnSalesRelationPer");
  assert.equal(person.element.Objects[0].KnPerson.Element.Fields.LaNm, "Dijk-Åkesson");
});

test("a customer that is in Profit already is linked, not made again", async (t) => {
  const profit = await profitOf(t, { "inkoop@spaak.example": ["10007"] });

  const { output } = await push(profit, COMPANY);

  assert.deepEqual(output.linked, [{ customer: "W-1", debtor: "10007" }]);
  assert.equal(profit.written.length, 0);
});

test("a customer whose answer was lost is found and not made again", async (t) => {
  const profit = await profitOf(t);
  profit.instead = [undefined, "lost"];

  const { output } = await push(profit, PERSON);

  assert.deepEqual(output.made, [{ customer: "W-2", debtor: "1" }]);
  assert.equal(profit.written.length, 1);
});

test("of two customers with one e-mail address the shop does not choose", async (t) => {
  const profit = await profitOf(t, { "amelie@klant.example": ["10001", "10002"] });

  const { ok, error } = await push(profit, PERSON);

  assert.equal(ok, false);
  assert.match(error, /klant W-2: .*meer klanten \(10001, 10002\)/);
});

test("a company with a number of the chamber of commerce is matched by it", async (t) => {
  const profit = await profitOf(t);

  await push(profit, { ...COMPANY, chamberOfCommerce: "30037688" });

  const { Fields } = profit.written[0].element.Objects[0].KnOrganisation.Element;
  assert.deepEqual([Fields.MatchOga, Fields.CcNr], ["1", "30037688"]);
});

const WRONG = {
  "no name": { lastName: " " },
  "a name that does not fit": { lastName: "x".repeat(81) },
  "no e-mail address": { email: "amelie" },
  "half an address": { address: { ...ADDRESS, street: "" } },
  "no house number": { address: { ...ADDRESS, houseNumber: "bis" } },
  "a wrong postcode": { address: { ...ADDRESS, postcode: "12345" } },
};

for (const [what, change] of Object.entries(WRONG)) {
  test(`a customer with ${what} is refused and not sent`, async (t) => {
    const profit = await profitOf(t);

    assert.equal((await push(profit, { ...PERSON, ...change })).ok, false);
    assert.equal(profit.written.length, 0);
  });
}
