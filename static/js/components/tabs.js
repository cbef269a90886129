/* .tabs: where the tabs are wider than the screen, the one that is open is in sight. */
(() => {
  "use strict";
  htmx.onLoad((root) => {
    for (const tab of root.querySelectorAll(".tabs [aria-current=page]")) {
      const tabs = tab.closest(".tabs");
      tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
    }
  });
})();
