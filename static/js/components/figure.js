/* [data-figure=id]: draws the dict of the script with that id, when it is seen, in the colours of the page. */
(() => {
  "use strict";
  const drawn = new Set();
  let library = null;

  const load = () => {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.plotly;
      script.onload = () => resolve(window.Plotly);
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  };

  /* light-dark() is only resolved in a real colour property. */
  const resolveColors = (names) => {
    const probe = document.body.appendChild(document.createElement("i"));
    const colors = Object.fromEntries(Object.entries(names).map(([key, name]) => {
      probe.style.color = `var(${name})`;
      return [key, getComputedStyle(probe).color];
    }));
    probe.remove();
    return colors;
  };

  const NAMES = {
    ink: "--color-ink", ink2: "--color-ink-2", ink3: "--color-ink-3", line: "--color-line", surface: "--color-raised", strong: "--color-line-strong",
    accent: "--color-accent", muted: "--chart-2", green: "--color-green", amber: "--color-amber", red: "--color-red", unknown: "--color-unknown",
    1: "--chart-1", 2: "--chart-2", 3: "--chart-3", 4: "--chart-4", 5: "--chart-5", 6: "--chart-6",
  };

  const axis = (colors, own = {}) => ({
    automargin: true, color: colors.ink2, gridcolor: colors.line, linecolor: colors.strong, zerolinecolor: colors.strong, zerolinewidth: 1, tickcolor: colors.line, ...own,
  });

  /* As many words as fit side by side; whole numbers do not repeat on a short axis. */
  const ticks = (own = {}, figure, width) => {
    if (own.type === "category") return { nticks: Math.max(2, Math.floor(width / 72)) };
    const most = Math.max(0, ...(figure.data ?? []).flatMap((trace) => trace.y ?? []));
    return own.tickformat === ",d" && most < 6 ? { dtick: 1 } : {};
  };

  const dress = (figure, colors, width) => {
    const own = structuredClone(figure.layout ?? {});
    const layout = {
      autosize: true, bargap: 0.35, barcornerradius: 2, hovermode: "x unified", showlegend: (figure.data ?? []).length > 1,
      colorway: [1, 2, 3, 4, 5, 6].map((n) => colors[n]), paper_bgcolor: "transparent", plot_bgcolor: "transparent",
      margin: { t: 8, r: 8, b: 32, l: 40 }, separators: document.documentElement.lang.startsWith("ru") ? ",\u00a0" : ".,",
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, xanchor: "left", font: { color: colors.ink2 } },
      hoverlabel: { bgcolor: colors.surface, bordercolor: colors.strong, font: { color: colors.ink } },
      ...own,
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colors.ink2, ...own.font },
    };
    for (const key of Object.keys({ xaxis: 1, yaxis: 1, ...own }).filter((k) => /^[xy]axis\d*$/.test(k))) {
      layout[key] = axis(colors, { ...(key.startsWith("x") ? { showgrid: false } : {}), ...ticks(own[key], figure, width), ...own[key] });
    }
    layout.shapes = (own.shapes ?? []).map((shape) => ({ ...shape, line: { color: colors.strong, width: 1, dash: "dot", ...shape.line } }));
    return layout;
  };

  const tint = (trace, colors) => {
    const color = colors[trace.meta?.tone];
    if (!color) return trace;
    const copy = structuredClone(trace);
    copy.marker = { color, ...copy.marker };
    if (/scatter/.test(copy.type ?? "scatter")) copy.line = { color, width: 2, ...copy.line };
    return copy;
  };

  const draw = async (place) => {
    const source = document.getElementById(place.dataset.figure);
    if (!source) return;
    const plotly = await load();
    window.csFigure.speak(plotly);
    const figure = JSON.parse(source.textContent);
    const colors = resolveColors(NAMES);
    const config = { displayModeBar: false, responsive: true, locale: document.documentElement.lang.slice(0, 2) };
    await plotly.react(place, figure.data.map((trace) => tint(trace, colors)), dress(figure, colors, place.clientWidth), config);
    if (place.dataset.drawn === undefined) place.on("plotly_click", ({ points }) => open(points[0]));
    place.dataset.drawn = "";
    drawn.add(place);
  };

  /* A number opens what stands behind it: customdata holds the address. */
  const open = (point) => {
    const url = [point?.customdata].flat()[0];
    if (typeof url === "string" && /^[/?]/.test(url)) window.location.assign(url);
  };

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries.filter((entry) => entry.isIntersecting)) {
      if (isIntersecting) seen.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "200px" });

  htmx.onLoad((part) => {
    part.querySelectorAll("[data-figure]").forEach((place) => seen.observe(place));
    part.querySelectorAll("[data-figure-table]").forEach((place) => window.csFigure.tabulate(place));
  });

  document.addEventListener("htmx:beforeCleanupElement", ({ target }) => {
    if (drawn.delete(target)) window.Plotly.purge(target);
  });
  document.addEventListener("theme-changed", () => drawn.forEach((place) => draw(place)));
})();
