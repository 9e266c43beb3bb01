// Tells screen readers what changed, and keeps tables open that the reader has opened.
(() => {
  if (document.querySelector(".dc-status")) return;
  const status = document.createElement("div");
  status.className = "dc-status";
  status.setAttribute("role", "status");
  document.body.append(status);
  const opened = new Set();
  const name = (details) => details.querySelector("summary").textContent;
  document.addEventListener("toggle", (event) => {
    if (!event.target.closest?.(".dc-page")) return;
    if (event.target.open) opened.add(name(event.target));
    else if (event.target.isConnected) opened.delete(name(event.target));
  }, true);
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".dc-page"));
    for (const page of added) {
      for (const details of page.querySelectorAll("details")) details.open ||= opened.has(name(details));
      const said = page.querySelector("[data-said]");
      if (said && page.closest(".widget-html")) status.textContent = said.textContent;
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
