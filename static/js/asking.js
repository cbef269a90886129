/*
 * Pages for customers. Everything here also works without this file: with one more click.
 *
 * A number chosen in a mail counts when a person is seen on the page, not when the page is opened: programs that check
 * mail open every link, and some run its scripts. A person moves, touches, turns the wheel or presses a key; time alone
 * says nothing, as a program waits too. (A browser tells a page at once of a mouse that stands over it.)
 */
(() => {
  const SIGNS = ["pointermove", "pointerdown", "touchstart", "wheel", "keydown"];
  const waiting = document.querySelector("form[data-confirm]");

  function seen(event) {
    if (!event.isTrusted || navigator.webdriver || document.visibilityState !== "visible") return;
    SIGNS.forEach((sign) => removeEventListener(sign, seen));
    // Who opens the other numbers, or leaves, has not yet said that it was this one.
    if (event.type === "pointerdown" && event.target.closest("a, details")) return;
    // Who is about to press a button presses it: it says what they want.
    if (event.type === "pointerdown" || event.type === "keydown") {
      setTimeout(() => waiting.isConnected && !waiting.dataset.left && waiting.requestSubmit(), 400);
    } else {
      waiting.requestSubmit();
    }
  }

  if (waiting) {
    SIGNS.forEach((sign) => addEventListener(sign, seen, { passive: true }));
    document.addEventListener("submit", () => {
      waiting.dataset.left = "yes";
    });
  }

  // A kiosk goes back to its question when nobody is there any more.
  const kiosk = document.querySelector("[data-return]");
  if (kiosk) {
    let timer;
    const restart = () => {
      clearTimeout(timer);
      timer = setTimeout(() => location.replace(kiosk.dataset.return), kiosk.dataset.after * 1000);
    };
    ["pointerdown", "keydown", "input"].forEach((sign) => addEventListener(sign, restart));
    restart();
  }
})();
