/* The editor of a scorecard: what is open stays open over a swap, and [data-opened] says which part has the focus after it. */
(() => {
  "use strict";
  let open = [];

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "card-form") return;
    open = [...event.detail.target.querySelectorAll("details[open]")].map((part) => part.id);
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const form = document.getElementById("card-form");
    if (!form || event.detail.target?.id !== "card-form") return;
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    open = [];
    const path = form.dataset.opened;
    if (path) form.querySelector(`[name^="${CSS.escape(path)}."]:not([type=hidden])`)?.focus();
  });

  /* [data-rules]: a rule goes up or down by dragging its row; its buttons do the same for the keyboard. */
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-rule]") ?? null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest?.("[data-rule]");
    if (over && over.parentNode === dragged.parentNode) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const over = dragged && event.target.closest?.("[data-rule]");
    if (!over || over === dragged) return;
    event.preventDefault();
    const rows = [...over.parentNode.querySelectorAll("[data-rule]")];
    const move = `move:${rows.indexOf(dragged)}:${rows.indexOf(over)}`;
    htmx.ajax("POST", "", { source: over.closest("form"), target: over.closest("form"), swap: "outerHTML", values: { do: move } });
    dragged = null;
  });
})();
