/* [data-theme-set], [data-rail-toggle]: remembered in a cookie, so that the server draws the next page right at once. */
(() => {
  "use strict";
  const root = document.documentElement;
  const YEAR = 365 * 24 * 3600;

  const remember = (name, value) => {
    document.cookie = `${name}=${value}; path=/; max-age=${value ? YEAR : 0}; samesite=lax`;
  };

  const setTheme = (value) => {
    if (value) root.dataset.theme = value;
    else delete root.dataset.theme;
    remember("theme", value);
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === value));
    }
    root.dispatchEvent(new CustomEvent("theme-changed", { bubbles: true }));
  };

  const toggleRail = () => {
    const value = root.dataset.rail ? "" : "narrow";
    if (value) root.dataset.rail = value;
    else delete root.dataset.rail;
    remember("rail", value);
    window.dispatchEvent(new Event("resize"));
  };

  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-theme-set]");
    if (theme) setTheme(theme.dataset.themeSet);
    if (event.target.closest("[data-rail-toggle]")) toggleRail();
  });

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    root.dispatchEvent(new CustomEvent("theme-changed", { bubbles: true }));
  });
})();
