/* Meeting mode: the clock runs, Alt and a key goes to a field, and notes that could not be kept are sent again. */
(() => {
  "use strict";
  const said = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

  /* The server knows the seconds; the page counts on from when it learned them. */
  const learned = new WeakMap();
  const tick = () => {
    for (const part of document.querySelectorAll("[data-meeting] [data-running]")) {
      if (!learned.has(part)) learned.set(part, Date.now() - Number(part.dataset.seconds) * 1000);
      const seconds = Math.floor((Date.now() - learned.get(part)) / 1000);
      part.querySelector("[data-clock]").textContent = said(seconds);
      part.toggleAttribute("data-over", seconds > Number(part.dataset.planned));
    }
  };
  setInterval(tick, 1000);

  const current = () => document.querySelector("[data-meeting] [data-running]")?.dataset.part;
  const sheet = (key) => document.getElementById(`notes-${key}`);

  const goTo = (number) => {
    const part = document.querySelector(`[data-meeting] [data-shortcut="${number}"]`);
    if (!part) return false;
    if (!part.disabled && !part.hasAttribute("data-running")) part.click();
    sheet(part.dataset.part)?.focus();
    return true;
  };

  const places = {
    KeyN: () => sheet(current() ?? document.querySelector("[data-sheet]")?.dataset.sheet),
    KeyD: () => document.getElementById("decision"),
    KeyP: () => document.getElementById("id_promise_words"),
  };

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !document.querySelector("[data-meeting]")) return;
    const digit = /^Digit([1-9])$/.exec(event.code);
    const place = places[event.code]?.();
    if (digit ? !goTo(digit[1]) : !place) return;
    event.preventDefault();
    place?.focus();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-full-screen]")) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  });

  /* What is written down belongs to the part that runs. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.closest?.("[data-with-part]") && current()) event.detail.parameters.section = current();
  });

  /* A field that was swapped away under the fingers has the focus again, unless they went on. */
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = event.detail.requestConfig?.elt?.closest?.("[data-refocus]");
    if (form && document.activeElement === document.body) document.getElementById(form.dataset.refocus)?.focus();
  });

  const failed = (event) => {
    const form = event.detail.elt.closest?.("[data-autosave]");
    if (!form) return;
    const place = form.querySelector(".saved");
    place.dataset.saved = "failed";
    place.dataset.words = form.dataset.unsaved;
    setTimeout(() => htmx.trigger(form, "retry"), 4000);
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) failed(event);
  });

  /* Nobody leaves with words that are not kept. */
  document.addEventListener("input", (event) => {
    event.target.closest("[data-autosave]")?.setAttribute("data-unkept", "");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) event.detail.elt.closest?.("[data-autosave]")?.removeAttribute("data-unkept");
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("[data-unkept]")) event.preventDefault();
  });
})();
