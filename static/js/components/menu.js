/* Menus are native popovers. Here: a place for browsers without anchors, and closing after a choice. */
(() => {
  "use strict";
  const hasAnchors = CSS.supports("position-area: block-end");

  const openerOf = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);

  const place = (menu) => {
    const opener = openerOf(menu) ?? menu.previousElementSibling;
    if (!opener) return;
    const at = opener.getBoundingClientRect();
    const room = document.documentElement.clientWidth - menu.offsetWidth - 8;
    const isLow = at.bottom + menu.offsetHeight > innerHeight;
    menu.style.left = `${Math.max(8, Math.min(at.left, room))}px`;
    menu.style.top = isLow ? `${Math.max(8, at.top - menu.offsetHeight - 8)}px` : `${at.bottom}px`;
  };

  document.addEventListener("toggle", (event) => {
    if (event.newState === "open" && event.target.matches(".menu") && !hasAnchors) place(event.target);
  }, true);

  document.addEventListener("click", (event) => {
    const item = event.target.closest(".menu a, .menu button:not([data-theme-set])");
    item?.closest(".menu")?.hidePopover();
  });

  /* A help button without an id of its own opens the popover that stands next to it. */
  const adopt = (button) => {
    button.popoverTargetElement = button.nextElementSibling;
  };
  htmx.onLoad((part) => part.querySelectorAll("[data-popover-next]").forEach(adopt));
})();
