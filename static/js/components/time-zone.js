/* [data-time-zone]: a choice of zone that nobody has made yet begins where the person is. */
(() => {
  "use strict";
  htmx.onLoad((root) => {
    for (const select of root.querySelectorAll("select[data-time-zone]")) {
      const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const isUntouched = select.value === "UTC" && !select.hasAttribute("aria-invalid");
      if (isUntouched && [...select.options].some((option) => option.value === here)) select.value = here;
    }
  });
})();
