/* Slides by keys, one at a time on the whole screen. Without this script all of them stand below each other. */
(() => {
  "use strict";
  const body = document.body;
  const slides = [...document.querySelectorAll(".slide")];
  const place = document.querySelector("[data-place]");
  let current = 0;
  const isPresenting = () => "presenting" in body.dataset;

  const show = (number, isQuiet) => {
    current = Math.max(0, Math.min(slides.length - 1, number));
    slides.forEach((slide, index) => slide.toggleAttribute("data-current", index === current));
    place.textContent = `${current + 1} / ${slides.length}`;
    if (isQuiet) return;
    history.replaceState(null, "", `#slide-${current + 1}`);
    slides[current].focus({ preventScroll: true });
    if (!isPresenting()) slides[current].scrollIntoView({ block: "start" });
  };

  const present = () => {
    body.dataset.presenting = "";
    show(current);
    // Refused (in a frame, on a phone): the slide fills the window all the same.
    document.documentElement.requestFullscreen?.().catch(() => {});
  };
  const leave = () => {
    if (!isPresenting()) return;
    delete body.dataset.presenting;
    if (document.fullscreenElement) document.exitFullscreen();
    show(current);
  };

  const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1 };
  // To be read, a page scrolls by its own keys; only the sideways ones turn slides.
  const turns = (key) => key in steps && (isPresenting() || key === "ArrowRight" || key === "ArrowLeft");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("button, a, input, textarea") && !event.key.startsWith("Arrow") && event.key !== "Escape") return;
    if (turns(event.key)) show(current + steps[event.key]);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(slides.length - 1);
    else if (event.key === "f" || event.key === "F5") present();
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const go = event.target.closest("[data-go]");
    if (go) show(current + Number(go.dataset.go));
    else if (event.target.closest("[data-present]")) present();
    else if (isPresenting() && !event.target.closest("a, button")) show(current + 1);
  });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) leave();
  });

  // Which slide is read: the last one whose head is above the middle.
  const follow = () => {
    if (isPresenting()) return;
    const middle = window.innerHeight / 2;
    const seen = slides.filter((slide) => slide.getBoundingClientRect().top < middle).length - 1;
    if (seen >= 0 && seen !== current) show(seen, true);
  };
  document.addEventListener("scroll", follow, { passive: true });
  document.querySelectorAll("[data-scripted]").forEach((part) => { part.hidden = false; });
  const named = slides.findIndex((slide) => `#${slide.id}` === location.hash);
  show(named < 0 ? 0 : named, named < 0);
})();
