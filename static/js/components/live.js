/* hx-trigger="live" data-live="10": asked again every 10 seconds, while somebody looks and nobody types in it. */
(() => {
  "use strict";
  const isIdle = (part) => !document.hidden && !part.contains(document.activeElement?.closest("input, textarea, select, dialog"));

  const watch = (part) => {
    const timer = setInterval(() => {
      if (!part.isConnected) clearInterval(timer);
      else if (isIdle(part)) htmx.trigger(part, "live");
    }, Number(part.dataset.live) * 1000);
  };

  htmx.onLoad((part) => {
    if (part.matches?.("[data-live]")) watch(part);
    part.querySelectorAll("[data-live]").forEach(watch);
  });
})();
