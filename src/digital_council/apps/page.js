// Tells screen readers what changed, and keeps open the tables that the reader has opened.
(() => {
  if (document.querySelector(".dc-status")) return;
  const status = document.createElement("div");
  status.className = "dc-status";
  status.setAttribute("role", "status");
  document.body.append(status);
  const opened = new WeakMap();
  const place = (details) => [...details.closest(".dc-page").querySelectorAll("details")].indexOf(details);
  document.addEventListener("toggle", (event) => {
    const widget = event.target.closest?.(".dc-page") && event.target.closest(".widget-html");
    if (!widget) return;
    if (!opened.has(widget)) opened.set(widget, new Set());
    opened.get(widget)[event.target.open ? "add" : "delete"](place(event.target));
  }, true);
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".dc-page"));
    for (const page of added) {
      const widget = page.closest(".widget-html");
      if (!widget) continue;
      page.querySelectorAll("details").forEach((details, index) => { details.open ||= !!opened.get(widget)?.has(index); });
      const said = page.querySelector("[data-said]");
      if (said) status.textContent = said.textContent;
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
