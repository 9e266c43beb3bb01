// Formgrader's script listens to MathJax 2. Here it is told the same things by MathJax 3, and goes on without it.
(function () {
  "use strict";
  const listeners = [];
  let ended = false;
  function end() {
    if (ended) { return; }
    ended = true;
    listeners.forEach((listener) => listener("End"));
  }
  const hub = {
    Config() {},
    Queue() {},
    Startup: { signal: { Interest(listener) { if (ended) { listener("End"); } else { listeners.push(listener); } } } },
  };
  window.MathJax = {
    Hub: hub,
    tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], displayMath: [["$$", "$$"], ["\\[", "\\]"]], processEscapes: true },
    options: { enableMenu: false, skipHtmlTags: ["script", "noscript", "style", "textarea", "pre", "code"] },
    startup: {
      ready() { window.MathJax.Hub = hub; window.MathJax.startup.defaultReady(); },
      pageReady: () => window.MathJax.startup.defaultPageReady().then(end, end),
    },
  };
  window.addEventListener("load", () => setTimeout(end, 3000));
}());
