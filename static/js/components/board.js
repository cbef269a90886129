/* [data-board]: a card goes to another column by dragging, by the arrow keys, or by its buttons [data-move=-1|1]; up and down walk the cards. */
(() => {
  "use strict";
  let dragged = null;
  // The card last sent on its way: it has the focus when the new board stands, however long a dialog asked.
  let sent = "";
  const columnsOf = (card) => [...card.closest("[data-board]").querySelectorAll("[data-stage]")];

  const send = (card, column) => {
    const board = card.closest("[data-board]");
    if (!column || column === card.closest("[data-stage]") || card.getAttribute("aria-busy")) return;
    // The server may refuse: the card stays where it is until the answer comes.
    card.setAttribute("aria-busy", "true");
    sent = card.id;
    htmx.ajax("POST", card.dataset.moveUrl, { source: card, target: board, swap: "outerHTML", values: { stage: column.dataset.stage } })
      .finally(() => {
        card.removeAttribute("aria-busy");
        if (!document.querySelector("dialog[open]")) focusSent();
      });
  };

  const focusSent = () => {
    const card = sent && document.getElementById(sent);
    if (!card) return;
    card.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const walk = (card, by) => {
    const cards = [...card.closest("[data-stage]").querySelectorAll("[data-move-url]")];
    cards[cards.indexOf(card) + by]?.focus();
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
    if (!event.target.matches("[data-move-url]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: [step, -1], ArrowRight: [step, 1], ArrowUp: [walk, -1], ArrowDown: [walk, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    by[0](event.target, by[1]);
  });

  // A dialog that asked closes before, or after, the new board stands.
  document.addEventListener("close", (event) => {
    if (event.target.id === "dialog" && document.querySelector("[data-board]")) setTimeout(focusSent);
  }, true);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.matches("[data-board]") && !document.querySelector("dialog[open]")) focusSent();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) step(button.closest("[data-move-url]"), Number(button.dataset.move));
  });
})();
