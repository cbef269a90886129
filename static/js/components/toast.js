/* #toasts: what the server says (event "toast" by HX-Trigger), what failed, and undo. */
(() => {
  "use strict";
  const SECONDS = 6;
  const region = () => document.getElementById("toasts");

  const make = (name, attributes, text) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.textContent = text;
    return element;
  };

  const expire = (toast) => {
    let timer = 0;
    const start = () => { timer = setTimeout(() => toast.remove(), SECONDS * 1000); };
    // Whoever reads or tabs into it keeps it open.
    for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, () => clearTimeout(timer));
    for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, start);
    start();
  };

  const dress = (toast) => {
    if (toast.dataset.dressed) return;
    toast.dataset.dressed = "yes";
    const close = make("button", { type: "button", className: "toast-action toast-close" }, "×");
    close.setAttribute("aria-label", region().dataset.closeLabel);
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    if (toast.dataset.tone !== "error") expire(toast);
  };

  const undoButton = (toast, url) => {
    const button = make("button", { type: "button", className: "toast-action" }, region().dataset.undoLabel);
    button.addEventListener("click", () => {
      htmx.ajax("POST", url, { source: document.body, swap: "none" }).finally(() => toast.remove());
    });
    return button;
  };

  const show = ({ text, tone = "success", undo }) => {
    if (!text || !region()) return;
    const toast = make("div", { className: "toast" }, "");
    toast.dataset.tone = tone;
    toast.append(make("p", {}, text));
    if (undo) toast.append(undoButton(toast, undo));
    region().append(toast);
    dress(toast);
  };

  const fail = (text, reference) => show({ tone: "error", text: reference ? `${text} (${reference})` : text });

  document.addEventListener("toast", (event) => show(event.detail));
  document.addEventListener("htmx:responseError", (event) => {
    // The answer has a toast of its own, which says more.
    if (event.detail.xhr.getResponseHeader("HX-Trigger")?.includes('"toast"')) return;
    fail(region()?.dataset.failedText, event.detail.xhr.getResponseHeader("X-Request-ID"));
  });
  for (const type of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(type, () => fail(region()?.dataset.offlineText));
  }
  // Toasts that came with the page, or by hx-swap-oob="beforeend:#toasts".
  htmx.onLoad((part) => {
    const toasts = part.matches?.(".toast") ? [part] : part.querySelectorAll(".toast");
    toasts.forEach(dress);
  });
})();
