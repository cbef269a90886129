/* [data-take-day]: puts the better day into the date field before it. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take-day]");
    const input = button?.closest(".field")?.querySelector("input[type='date']");
    if (!input) return;
    input.value = button.dataset.takeDay;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
})();
