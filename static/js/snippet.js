/*
 * A survey inside your product. Put it into the page like this; the three attributes about the person are optional:
 *
 *   <script async src="https://…/snippet/KEY.js"
 *           data-account="your id of the company" data-contact="your id of the person"
 *           data-at="Unix time" data-signature="HMAC-SHA256 in hex"></script>
 *
 * A policy needs this server in script-src and connect-src, nothing else: styles are objects, not text in the page, and
 * nothing is written as markup. It asks once, keeps in localStorage until when it stays away, and reads no cookie.
 */
(() => {
  const script = document.currentScript;
  const home = script.src.replace(/\.js(\?.*)?$/, "/");
  const key = `cs-survey:${home.split("/").at(-2).slice(0, 24)}`;
  const DAY = 86400000;
  const STYLE = `
    :host { all: initial; }
    section { background: #fff; border: 1px solid #d4cec4; border-radius: 10px; box-shadow: 0 8px 32px rgb(40 34 24 / 18%); box-sizing: border-box;
      color: #1d1b18; font: 15px/1.45 system-ui, sans-serif; inset: auto 16px 16px auto; max-width: calc(100vw - 32px); padding: 16px; position: fixed; width: 440px; z-index: 2147483000; }
    h2 { font-size: 16px; line-height: 1.35; margin: 0 32px 12px 0; }
    .scores { display: grid; gap: 4px; grid-template-columns: repeat(auto-fit, minmax(30px, 1fr)); }
    button { background: #fff; border: 1px solid #8c857a; border-radius: 6px; color: inherit; cursor: pointer; font: inherit; min-height: 40px; padding: 0 4px; }
    button:hover { background: #f4f2ee; }
    button.send { background: var(--brand); border-color: var(--brand); color: var(--ink); padding: 0 20px; }
    button.close { border: 0; min-height: 32px; position: absolute; right: 8px; top: 8px; width: 32px; }
    button:focus-visible, textarea:focus-visible { outline: 2px solid #2b45b5; outline-offset: 2px; }
    .ends, small { color: #57524a; display: flex; font-size: 13px; gap: 12px; justify-content: space-between; margin: 8px 0 0; }
    textarea { border: 1px solid #8c857a; border-radius: 6px; box-sizing: border-box; font: inherit; margin-bottom: 8px; min-height: 88px; padding: 8px; width: 100%; }
    @media (width < 480px) { .scores { grid-template-columns: repeat(6, 1fr); } }
    @media (prefers-color-scheme: dark) {
      section { background: #1d1b19; border-color: #47423b; color: #eeebe5; }
      button, textarea { background: #262421; } button:hover { background: #34302b; } .ends, small { color: #b8b2a8; }
      button:focus-visible, textarea:focus-visible { outline-color: #a3b4ff; }
    }`;

  const store = {
    read: () => { try { return Number(localStorage.getItem(key)); } catch { return 0; } },
    stayAway: (days) => { try { localStorage.setItem(key, String(Date.now() + days * DAY)); } catch { /* asked again on the next page */ } },
  };

  async function say(where, body) {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(home + where, { method: "POST", headers, body: JSON.stringify(body), credentials: "omit", referrerPolicy: "no-referrer" });
    return answer.ok ? answer.json() : null;
  }

  function part(name, given = {}, ...inside) {
    const made = document.createElement(name);
    for (const [what, value] of Object.entries(given)) {
      if (what === "click") made.addEventListener("click", value);
      else made.setAttribute(what, value);
    }
    made.append(...inside);
    return made;
  }

  function show(survey) {
    const host = part("div", { "data-cs-survey": "", lang: survey.language });
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${STYLE} section { --brand: ${survey.colour}; --ink: ${survey.ink}; }`);
    root.adoptedStyleSheets = [sheet];
    const panel = part("section", { role: "dialog", "aria-label": survey.question });
    const close = () => host.remove();
    panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
    const closer = () => part("button", { class: "close", "aria-label": survey.close, click: close }, "✕");

    const thank = () => {
      panel.replaceChildren(closer(), part("h2", { role: "status" }, survey.thanks));
      setTimeout(close, 4000);
    };
    const askWhy = (words) => {
      const text = part("textarea", { "aria-label": survey.why, maxlength: "5000" });
      const send = async () => {
        if (text.value.trim()) await say("answers/", { words, comment: text.value });
        thank();
      };
      panel.replaceChildren(closer(), part("h2", {}, survey.why), text, part("button", { class: "send", click: send }, survey.send));
      text.focus();
    };
    const choose = async (score) => {
      panel.querySelectorAll("button").forEach((button) => { button.disabled = true; });
      const kept = await say("answers/", { turn: survey.turn, score }).catch(() => null);
      if (!kept) return close();
      store.stayAway(Math.max(survey.away_days, survey.snooze_days));
      return askWhy(kept.words);
    };

    const scores = survey.scores.map((score) => part("button", { "aria-label": `${score} / ${survey.of}`, click: () => choose(score) }, String(score)));
    panel.append(
      closer(), part("h2", {}, survey.question), part("div", { class: "scores" }, ...scores),
      part("p", { class: "ends" }, part("span", {}, `${survey.scores.at(0)} – ${survey.low}`), part("span", {}, `${survey.scores.at(-1)} – ${survey.high}`)), part("small", {}, survey.whose),
    );
    root.append(panel);
    document.body.append(host);
    // Shown is asked: whoever does not answer is left alone for as long as who closes it.
    store.stayAway(survey.snooze_days);
  }

  async function ask() {
    if (store.read() > Date.now()) return;
    const { account = "", contact = "", at = "0", signature = "", language = navigator.language } = script.dataset;
    const survey = await say("asking/", { account, contact, at: Number(at), signature, language });
    if (survey?.ask) show(survey);
  }

  const start = () => ask().catch(() => {});
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
