/* [data-board]: a card goes to another column by dragging, by the arrow keys, or by its buttons [data-move=-1|1]. */
(() => {
  "use strict";
  let dragged = null;
  const columnsOf = (card) => [...card.closest("[data-board]").querySelectorAll("[data-stage]")];

  const send = (card, column) => {
    const board = card.closest("[data-board]");
    if (!column || column === card.closest("[data-stage]") || card.getAttribute("aria-busy")) return;
    // The server may refuse: the card stays where it is until the answer comes.
    card.setAttribute("aria-busy", "true");
    const { id } = card;
    htmx.ajax("POST", card.dataset.moveUrl, { source: card, target: board, swap: "outerHTML", values: { stage: column.dataset.stage } })
      .finally(() => {
        card.removeAttribute("aria-busy");
        if (id) document.getElementById(id)?.focus();
      });
  };

  const step = (card, by) => {
    const columns = columnsOf(card);
    send(card, columns[columns.indexOf(card.closest("[data-stage]")) + by]);
  };

  const mark = (column) => {
    document.querySelectorAll("[data-over]").forEach((other) => delete other.dataset.over);
    if (column) column.dataset.over = "";
  };

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-move-url]") ?? null;
    if (!dragged) return;
    dragged.dataset.dragging = "";
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.innerText);
  });

  document.addEventListener("dragover", (event) => {
    const column = dragged && event.target.closest("[data-stage]");
    if (column && dragged.closest("[data-board]").contains(column)) {
      event.preventDefault();
      mark(column);
    }
  });

  document.addEventListener("drop", (event) => {
    const column = dragged && event.target.closest("[data-stage]");
    if (!column) return;
    event.preventDefault();
    send(dragged, column);
  });

  document.addEventListener("dragend", () => {
    mark(null);
    if (dragged) delete dragged.dataset.dragging;
    dragged = null;
  });

  document.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !event.target.matches("[data-move-url]")) return;
    event.preventDefault();
    step(event.target, by);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) step(button.closest("[data-move-url]"), Number(button.dataset.move));
  });
})();
