/* [data-rows]: j and k walk the rows, x ticks; the link in the row has the focus, so Enter opens it. [data-tick-all], [data-bulk]. */
(() => {
  "use strict";
  const STOPS = "a[href], button, input[type=checkbox]";
  const rowsOf = (list) => [...list.querySelectorAll(":scope > tbody > tr, :scope > li")].filter((row) => row.querySelector(STOPS));

  const current = () => {
    const active = document.querySelector("[data-active]");
    const list = active?.closest("[data-rows]") ?? document.activeElement.closest("[data-rows]") ?? document.querySelector("[data-rows]");
    return { active, list };
  };

  const move = (step) => {
    const { active, list } = current();
    if (!list) return;
    const rows = rowsOf(list);
    const next = rows[active ? Math.max(0, Math.min(rows.length - 1, rows.indexOf(active) + step)) : 0];
    if (next) (next.querySelector("a[href]") ?? next.querySelector(STOPS)).focus();
    next?.scrollIntoView({ block: "nearest" });
  };

  const tick = () => document.querySelector("[data-active] input[type=checkbox]")?.click();
  const keys = { j: () => move(1), k: () => move(-1), x: tick };

  document.addEventListener("keydown", (event) => {
    const isFree = !(event.ctrlKey || event.metaKey || event.altKey) && !document.querySelector("dialog[open]");
    if (!isFree || !keys[event.key] || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener("focusin", (event) => {
    document.querySelectorAll("[data-active]").forEach((row) => delete row.dataset.active);
    const row = event.target.closest("[data-rows] > tbody > tr, [data-rows] > li");
    if (row) row.dataset.active = "";
  });

  /* Ticks and the bar of actions for what is ticked. */
  const scopeOf = (element) => element.closest("form, .panel") ?? document;
  const ticksOf = (scope) => [...scope.querySelectorAll("[data-rows] tbody input[type=checkbox]")];

  const count = (scope) => {
    const ticks = ticksOf(scope);
    const ticked = ticks.filter((box) => box.checked).length;
    scope.querySelectorAll("[data-bulk]").forEach((bar) => { bar.hidden = ticked === 0; });
    scope.querySelectorAll("[data-bulk-count]").forEach((place) => { place.textContent = ticked; });
    scope.querySelectorAll("[data-tick-all]").forEach((box) => {
      box.checked = ticked > 0 && ticked === ticks.length;
      box.indeterminate = ticked > 0 && ticked < ticks.length;
    });
  };

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-rows] input[type=checkbox]")) return;
    const scope = scopeOf(event.target);
    if (event.target.matches("[data-tick-all]")) ticksOf(scope).forEach((box) => { box.checked = event.target.checked; });
    count(scope);
  });
})();
