// Shows results as one types. Everything here also works without it, by sending the form.
const form = document.querySelector("form[data-find]");
if (form) begin(form);

function begin(form) {
  const results = document.querySelector("[data-results]");
  const found = document.querySelector("[data-found]");
  const box = form.elements.q;
  let timer = null;
  let asked = null;

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const words = box.value.trim();
    const address = new URL(form.action);
    if (words) address.searchParams.set("q", words);
    history.replaceState(null, "", address);
    address.searchParams.set("part", "results");
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (!answer.ok) return;
      results.innerHTML = await answer.text();
      found.textContent = results.querySelector("h2").textContent;
    } catch (error) {
      if (error.name !== "AbortError") found.textContent = "The results could not be loaded; press Search.";
    }
  }
}
