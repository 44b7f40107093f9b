"""Dagstaat: what a foreman fills in on site, in Profit. Somebody else's habits, on purpose."""

import base64
import datetime
import http.client
import json
import pathlib
import sqlite3
import time
import urllib.parse
from decimal import ROUND_HALF_UP, Decimal

BLAD = 200
GEDULD = 60


class Melding(Exception):
    """What the foreman is told."""


class Buiten(Melding):
    """Profit lets nobody in: whatever comes after it would not be let in either."""


class Kwijt(Exception):
    """No answer that can be read."""


class Profit:
    def __init__(self, adres, sleutel, kenmerk):
        self.adres = urllib.parse.urlsplit(adres)
        self.kop = {
            "Authorization": "AfasToken " + base64.b64encode(sleutel.encode()).decode(),
            "IntegrationId": kenmerk,
            "Accept-Language": "nl-nl",
        }
        self.lijn = http.client.HTTPConnection(self.adres.netloc, timeout=GEDULD)

    def vraag(self, soort, pad, lijf=None):
        """Send once; wait for maintenance as long as Profit asks."""
        kop = dict(self.kop)
        if lijf is not None:
            kop["Content-Type"] = "application/json;charset=utf-8"
        for keer in (1, 2, 3):
            try:
                self.lijn.request(soort, self.adres.path + pad, lijf, kop)
                antwoord = self.lijn.getresponse()
                tekst = antwoord.read().decode()
            except (OSError, http.client.HTTPException, ValueError) as fout:
                self.lijn.close()
                raise Kwijt(str(fout)) from fout
            if antwoord.status == 503:
                wacht = int(antwoord.headers.get("Retry-After") or 1)
                if wacht > 5 or keer == 3:
                    raise Melding(f"Profit is in onderhoud, probeer het over {wacht} seconden weer")
                time.sleep(wacht)
                continue
            return self.gelezen(antwoord.status, tekst)
        raise Melding("Profit is in onderhoud")

    def gelezen(self, status, tekst):
        if status in (401, 403):
            raise Buiten(f"Profit laat Dagstaat niet binnen ({status}); vraag uw beheerder")
        try:
            wat = json.loads(tekst) if tekst else {}
        except ValueError:
            wat = None
        if status >= 400:
            wat = wat or {}
            uitleg = wat.get("externalMessage") or f"Profit weigert dit ({status})"
            raise Melding(f"{uitleg} [{wat.get('profitLogReference', '')}]")
        if wat is None:
            raise Kwijt("geen JSON")
        return wat

    def rijen(self, connector, volgorde, *voorwaarden):
        rijen = []
        while True:
            vraag = {"skip": len(rijen), "take": BLAD, "orderbyfieldids": volgorde}
            if voorwaarden:
                vraag["filterfieldids"] = ",".join(veld for veld, _, _ in voorwaarden)
                vraag["filtervalues"] = ",".join(waarde for _, waarde, _ in voorwaarden)
                vraag["operatortypes"] = ",".join(str(hoe) for _, _, hoe in voorwaarden)
            blad = self.blad(f"/connectors/{connector}?{urllib.parse.urlencode(vraag)}")
            rijen += blad
            if len(blad) < BLAD:
                return rijen

    def blad(self, pad):
        for keer in (1, 2, 3):
            try:
                blad = self.vraag("GET", pad).get("rows")
                if isinstance(blad, list):
                    return blad
            except Kwijt:
                time.sleep(0.1 * keer)
        raise Melding("Profit gaf geen leesbaar antwoord; er is niets bijgewerkt")

    def schrijf(self, connector, velden):
        lijf = json.dumps({connector: {"Element": {"Fields": velden}}}, ensure_ascii=False)
        return self.vraag("POST", f"/connectors/{connector}", lijf.encode())


class Geheugen:
    def __init__(self, map_):
        self.waar = pathlib.Path(map_) / "dagstaat.json"
        self.wat = json.loads(self.waar.read_text()) if self.waar.exists() else {}

    def bewaar(self, **wat):
        self.wat.update(wat)
        self.waar.write_text(json.dumps(self.wat))


def mensen(profit, geheugen, _gegeven):
    rijen = profit.rijen("Dagstaat_Mensen", "EmployeeId")
    geheugen.bewaar(mensen=[rij["EmployeeId"] for rij in rijen])
    return {"gelezen": len(rijen)}


def werken(profit, geheugen, _gegeven):
    sinds = geheugen.wat.get("sinds")
    voorwaarden = [("ModifiedDate", een_minuut_eerder(sinds), 2)] if sinds else []
    rijen = profit.rijen("Dagstaat_Werken", "ProjectId", *voorwaarden)
    nieuwste = max([rij["ModifiedDate"] or "" for rij in rijen] + [sinds or ""])
    geheugen.bewaar(sinds=nieuwste)
    return {"gelezen": len(rijen)}


def een_minuut_eerder(moment):
    moment = datetime.datetime.fromisoformat(moment.removesuffix("Z"))
    return (moment - datetime.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")


def uren(minuten):
    return str((Decimal(minuten) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP))


def velden_van(regel):
    if len(regel["tekst"]) > 255:
        raise Melding("de omschrijving is te lang voor Profit")
    return {
        "DaTi": regel["dag"],
        "VaIt": "1",
        "ItCd": regel["soort"],
        "EmId": regel["wie"],
        "PrId": regel["werk"],
        "Qu": uren(regel["minuten"]),
        "Ds": regel["tekst"],
    }


def staat_er(profit, velden):
    rijen = profit.rijen(
        "Dagstaat_Geboekt",
        "Identity",
        ("EmployeeId", velden["EmId"], 1),
        ("ProjectId", velden["PrId"], 1),
        ("DateTime", velden["DaTi"], 1),
    )
    return any((rij["Description"] or "") == velden["Ds"] for rij in rijen)


def boek(profit, velden):
    """Book a line; after a lost answer look first, and send again only what is not there."""
    try:
        profit.schrijf("PtRealization", velden)
        return
    except Kwijt:
        pass
    if staat_er(profit, velden):
        return
    try:
        profit.schrijf("PtRealization", velden)
    except Kwijt:
        raise Melding("onbekend of deze regel geboekt is; kijk in Profit") from None


def boeken(profit, geheugen, gegeven):
    geboekt, mislukt = [], []
    gedaan = geheugen.wat.get("gedaan", {})
    for regel in gegeven["regels"]:
        wat = json.dumps(regel, sort_keys=True)
        try:
            velden = velden_van(regel)
            if gedaan.get(wat) == "geboekt":
                continue
            if staat_er(profit, velden):
                gedaan[wat] = "geboekt"
                continue
            gedaan[wat] = "onderweg"
            geheugen.bewaar(gedaan=gedaan)
            boek(profit, velden)
        except Buiten:
            raise
        except Melding as fout:
            mislukt.append(f"{regel['dag']}: {fout}")
            continue
        gedaan[wat] = "geboekt"
        geboekt.append(regel["dag"])
    geheugen.bewaar(gedaan=gedaan)
    uit = {"geboekt": len(geboekt), "mislukt": mislukt}
    return {**uit, "melding": "\n".join(mislukt)} if mislukt else uit


OPDRACHTEN = {"mensen": mensen, "werken": werken, "boeken": boeken}


def bedien(opdracht, gegeven, *, adres, sleutel, kenmerk, map_):
    slot = sqlite3.connect(pathlib.Path(map_) / "dagstaat.slot", timeout=30, isolation_level=None)
    slot.execute("BEGIN EXCLUSIVE")
    profit = Profit(adres, sleutel, kenmerk)
    try:
        return OPDRACHTEN[opdracht](profit, Geheugen(map_), gegeven or {})
    finally:
        profit.lijn.close()
        slot.close()
