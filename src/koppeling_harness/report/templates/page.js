"use strict";
// Everything works without this file. It remembers the language, says it to screen readers,
// opens what is folded before printing, and sorts and filters the overview.
(() => {
  const root = document.documentElement;
  const KEY = "koppeling-language";

  const remember = (language) => {
    try { localStorage.setItem(KEY, language); } catch { /* a page from disk may not store */ }
  };
  const remembered = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const speak = (language) => {
    root.lang = language;
    document.title = language === "en" ? root.dataset.titleEn : root.dataset.titleNl;
  };
  for (const radio of document.querySelectorAll("input[name=language]")) {
    if (radio.value === remembered()) { radio.checked = true; }
    if (radio.checked) { speak(radio.value); }
    radio.addEventListener("change", () => { speak(radio.value); remember(radio.value); });
  }

  addEventListener("beforeprint", () => {
    // choices with their commands are of no use on paper
    for (const each of document.querySelectorAll("details:not([open]):not(.of-duty)")) {
      each.open = true;
      each.dataset.folded = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const each of document.querySelectorAll("details[data-folded]")) {
      each.open = false;
      delete each.dataset.folded;
    }
  });

  // On a phone each row of a table is a card, whose cells say what column they are of.
  for (const table of document.querySelectorAll("table.list:not(.overview, .blank)")) {
    const names = [...table.tHead.rows[0].cells];
    const roles = new Map([
      [table, "table"], [table.tHead, "rowgroup"], ...[...table.tBodies].map((each) => [each, "rowgroup"]),
      ...[...table.rows].map((each) => [each, "row"]),
      ...names.map((each) => [each, "columnheader"]),
    ]);
    for (const row of [...table.tBodies].flatMap((each) => [...each.rows])) {
      [...row.cells].forEach((cell, column) => {
        roles.set(cell, cell.tagName === "TH" ? "rowheader" : "cell");
        if (cell.tagName === "TH" || !names[column]) { return; }
        const label = document.createElement("span");
        label.className = "label";
        label.setAttribute("aria-hidden", "true");
        label.append(...[...names[column].childNodes].map((node) => node.cloneNode(true)), " ");
        cell.prepend(label);
      });
    }
    for (const [element, role] of roles) { element.setAttribute("role", role); }
    table.classList.add("cards");
  }

  const collator = new Intl.Collator("nl", { numeric: true });
  const shown = (element) => [...element.childNodes].map((node) =>
    node.nodeType === Node.TEXT_NODE ? node.data : node.checkVisibility() ? node.textContent : "",
  ).join("").trim();
  const key = (row, column) => row.cells[column].dataset.sort ?? shown(row.cells[column]);

  const sort = (table, heading, column) => {
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    for (const each of table.tHead.rows[0].cells) { each.removeAttribute("aria-sort"); }
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const rows = [...table.tBodies[0].rows].map((row) => [key(row, column), row]);
    // What has no value ("–") stays at the end, whichever way.
    const empty = (value) => value === "" || value.startsWith("–");
    rows.sort(([a], [b]) => (empty(a) - empty(b)) || (ascending ? 1 : -1) * collator.compare(a, b));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, heading, column));
      heading.append(button);
    });
  }

  // Filters: kept in the address, so that a reload, a bookmark or a colleague sees the same.
  const controls = document.querySelector(".controls");
  if (controls) {
    const search = document.getElementById("search");
    const count = document.getElementById("shown-count");
    const week = document.getElementById("week-count");
    const rows = [...document.querySelectorAll("[data-row]")];
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const wanted = {};
    const buttons = [];
    const fitsIn = (row, name, set) =>
      !set.size || (row.dataset[name] ?? "").split("|").some((token) => set.has(token));
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      let due = 0;
      for (const row of rows) {
        const fits = words.every((word) => texts.get(row).includes(word)) &&
          Object.entries(wanted).every(([name, set]) => fitsIn(row, name, set));
        row.hidden = !fits;
        if (fits && "registration" in row.dataset) { left += 1; }
        if (fits && "key" in row.dataset && row.dataset.week) { due += 1; }
      }
      // what is folded and fits is shown, so that a filter hides nothing that it asks for
      const isFiltered = words.length > 0 || Object.values(wanted).some((set) => set.size);
      for (const each of document.querySelectorAll("details:has([data-row])")) {
        if (isFiltered && !each.open) {
          each.open = true;
          each.dataset.found = "";
        } else if (!isFiltered && "found" in each.dataset) {
          each.open = false;
          delete each.dataset.found;
        }
      }
      count.textContent = String(left);
      if (week) { week.textContent = String(due); }
    };
    const keep = () => {
      const kept = new URLSearchParams();
      for (const [name, set] of Object.entries(wanted)) {
        if (set.size) { kept.set(name, [...set].join("|")); }
      }
      if (search.value) { kept.set("q", search.value); }
      const address = kept.size ? `#${kept}` : location.pathname + location.search;
      try { history.replaceState(null, "", address); } catch { /* a page from disk may not */ }
    };
    const remember = () => {
      const kept = new URLSearchParams(location.hash.slice(1));
      search.value = kept.get("q") ?? "";
      for (const [name, set] of Object.entries(wanted)) {
        set.clear();
        for (const value of (kept.get(name) ?? "").split("|").filter(Boolean)) { set.add(value); }
      }
      for (const [button, name, value] of buttons) {
        button.setAttribute("aria-pressed", String(wanted[name].has(value)));
      }
      apply();
    };
    search.addEventListener("input", () => { apply(); keep(); });
    for (const tiles of document.querySelectorAll("[data-filter]")) {
      const name = tiles.dataset.filter;
      wanted[name] = new Set();
      for (const tile of tiles.children) {
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("aria-pressed", "false");
        button.append(...tile.childNodes);
        button.addEventListener("click", () => {
          const on = button.getAttribute("aria-pressed") !== "true";
          button.setAttribute("aria-pressed", String(on));
          wanted[name][on ? "add" : "delete"](tile.dataset.value);
          apply();
          keep();
        });
        buttons.push([button, name, tile.dataset.value]);
        tile.append(button);
      }
    }
    controls.hidden = false;
    remember();
    addEventListener("hashchange", remember);
  }
})();
