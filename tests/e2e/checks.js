/* What every page owes its readers; returns what is wrong, as a list of sentences. */
() => {
  const wrong = [];
  const say = (element, text) => wrong.push(`${text}: ${element.outerHTML.slice(0, 120)}`);
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const seen = (selector) => [...document.querySelectorAll(selector)].filter(isSeen);

  const nameOf = (element) => {
    const labelled = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("");
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join("");
    return (element.getAttribute("aria-label") ?? (labelled || labels || element.textContent || element.title)).trim();
  };

  for (const element of seen("a[href], button, input:not([type=hidden]), select, textarea, dialog, [role=region], nav")) {
    if (nameOf(element) === "") say(element, "has no name");
  }

  /* 24 px, unless the target stands in a line of text (WCAG 2.5.8). */
  for (const element of seen("a[href], button, input:not([type=hidden]), select, summary")) {
    const boxes = [element, element.closest("label"), element.labels?.[0]].filter(Boolean).map((target) => target.getBoundingClientRect());
    const box = boxes.reduce((one, other) => Math.min(one.width, one.height) > Math.min(other.width, other.height) ? one : other);
    const isInline = getComputedStyle(element).display === "inline";
    const hasRoom = element.matches("td *, th *, li > input");
    if (!isInline && !hasRoom && Math.min(box.width, box.height) < 24 && !element.matches(".skip-link")) say(element, `is ${Math.round(box.width)}×${Math.round(box.height)}`);
  }

  for (const element of document.querySelectorAll("[id]")) {
    if (document.querySelectorAll(`#${CSS.escape(element.id)}`).length > 1) say(element, "shares its id");
  }
  for (const element of document.querySelectorAll("[aria-describedby]")) {
    for (const id of element.getAttribute("aria-describedby").split(" ")) {
      if (!document.getElementById(id)) say(element, `is described by nothing (${id})`);
    }
  }
  if (document.querySelectorAll("h1").length !== 1) wrong.push("has not exactly one h1");
  if (document.querySelectorAll("main").length !== 1) wrong.push("has not exactly one main");
  if (!document.documentElement.lang) wrong.push("names no language");
  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}`);
  for (const element of document.querySelectorAll("[style], script:not([src]):not([type='application/json'])")) {
    if (!element.closest("[data-figure], .menu, #js-plotly-tester")) say(element, "is inline");
  }
  return wrong;
}
