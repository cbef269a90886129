/* [data-dialog-open=id], [data-dialog-close], #dialog filled by htmx, and [data-confirm]. */
(() => {
  "use strict";
  const remote = () => document.getElementById("dialog");

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
    if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
    // A click on the backdrop lands on the dialog itself.
    if (event.target.matches("dialog[open]:not(#confirm)") && isOutside(event)) event.target.close();
  });

  const isOutside = (event) => {
    const box = event.target.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = remote();
    if (event.detail.target !== dialog) return;
    if (dialog.childElementCount === 0) dialog.close();
    else if (!dialog.open) dialog.showModal();
    // The first field, not the cross that closes.
    dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea):not([disabled])")?.focus();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr?.status === 204 && remote()?.contains(event.detail.elt)) remote().close();
  });

  document.addEventListener("dialog-close", () => remote()?.close());

  const ask = (question) => new Promise((resolve) => {
    const dialog = document.getElementById("confirm");
    dialog.querySelector("[data-confirm-question]").textContent = question;
    dialog.querySelector("[data-confirm-yes]").onclick = () => dialog.close("yes");
    dialog.returnValue = "";
    dialog.addEventListener("close", () => { if (dialog.returnValue === "yes") resolve(); }, { once: true });
    dialog.showModal();
  });

  const questionOf = (element, submitter) => submitter?.dataset.confirm ?? element.dataset.confirm;

  document.addEventListener("htmx:confirm", (event) => {
    const { elt, triggeringEvent, question: plain, issueRequest } = event.detail;
    const question = questionOf(elt, triggeringEvent?.submitter) ?? plain;
    if (!question) return;
    event.preventDefault();
    ask(question).then(() => issueRequest(true));
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = questionOf(form, event.submitter);
    if (!question || form.dataset.confirmed || form.matches("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(question).then(() => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    });
  }, true);
})();
