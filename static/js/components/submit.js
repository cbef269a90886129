/* A form is sent once: a second Enter while it is on its way does nothing. */
(() => {
  "use strict";
  const isForm = (event) => event.detail.elt?.matches?.("form:not(.filters, .search)");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isForm(event)) return;
    if (event.detail.elt.dataset.sending) event.preventDefault();
    else event.detail.elt.dataset.sending = "yes";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (isForm(event)) delete event.detail.elt.dataset.sending;
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.submitter?.getAttribute("aria-busy")) event.preventDefault();
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // The page may come back from the browser's own cache, still spinning.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  /* After a refused form, the first wrong field has the focus. */
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr?.status === 422) document.querySelector("[aria-invalid=true]")?.focus();
  });
})();
