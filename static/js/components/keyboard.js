/* "/" searches, "?" lists the keys, "g" and a letter goes to a page of the rail ([data-key]). */
(() => {
  "use strict";
  let going = 0;

  const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
  const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]"));

  const go = (key) => {
    const link = document.querySelector(`.rail-item[data-key="${CSS.escape(key)}"]`);
    if (link) link.click();
    return link !== null;
  };

  const actions = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => document.getElementById("shortcuts")?.showModal(),
    g: () => { going = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    if (!isPlain(event)) return;
    const wasGoing = Date.now() - going < 1200;
    going = 0;
    if (wasGoing && go(event.key)) event.preventDefault();
    else if (actions[event.key]) {
      event.preventDefault();
      actions[event.key]();
    }
  });

  /* Arrows walk from the search box through what it found, and through an open menu. */
  const walkable = (target) => {
    const search = target.closest(".search");
    if (search) return [search.querySelector("[data-search]"), ...search.querySelectorAll(".search-results a")];
    const menu = target.closest(".menu");
    return menu ? [...menu.querySelectorAll("a, button, input")] : [];
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = step ? walkable(event.target) : [];
    if (stops.length === 0) return;
    event.preventDefault();
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  });
})();
