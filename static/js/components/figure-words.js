/* What stands around a chart in words: the Russian locale (not in the wheel) and the table behind it. */
(() => {
  "use strict";
  const RU = {
    moduleType: "locale", name: "ru", dictionary: {},
    format: {
      days: ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
      shortDays: ["вс", "пн", "вт", "ср", "чт", "пт", "сб"],
      months: ["январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"],
      shortMonths: ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
      date: "%d.%m.%Y",
    },
  };

  const cell = (name, text, isNumber) => {
    const element = document.createElement(name);
    element.textContent = text ?? "–";
    if (isNumber) element.className = "num";
    if (name === "th") element.scope = isNumber === undefined ? "row" : "col";
    return element;
  };

  const say = (value) => typeof value === "number" ? value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 }) : value;
  const keysOf = (trace) => (trace.orientation === "h" ? trace.y : trace.x) ?? trace.labels ?? [];
  const valuesOf = (trace) => (trace.orientation === "h" ? trace.x : trace.y) ?? trace.values ?? [];

  const line = (cells) => {
    const row = document.createElement("tr");
    row.append(...cells);
    return row;
  };

  const tableOf = (traces) => {
    const table = Object.assign(document.createElement("table"), { className: "table" });
    const keys = [...new Set(traces.flatMap(keysOf))];
    const columns = traces.map((trace) => new Map(keysOf(trace).map((key, index) => [key, valuesOf(trace)[index]])));
    table.createTHead().append(line([cell("th", "", false), ...traces.map((trace) => cell("th", trace.name ?? "", true))]));
    table.createTBody().append(...keys.map((key) => line([cell("th", key), ...columns.map((column) => cell("td", say(column.get(key)), true))])));
    return table;
  };

  window.csFigure = {
    speak: (plotly) => plotly.register(RU),
    tabulate: (place) => place.addEventListener("toggle", () => {
      const source = document.getElementById(place.dataset.figureTable);
      if (!source || place.querySelector("table")) return;
      const wrap = Object.assign(document.createElement("div"), { className: "table-wrap", tabIndex: 0 });
      wrap.append(tableOf(JSON.parse(source.textContent).data));
      place.append(wrap);
    }),
  };
})();
