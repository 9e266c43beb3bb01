// Shows what was asked of a table where it stands. Without this the form opens the same as a page of its own.
for (const form of document.querySelectorAll("form[data-table]")) {
  const result = document.querySelector(`[data-table-result="${form.id}"]`);
  const said = document.querySelector(`[data-table-said="${form.id}"]`);
  if (!result || !said) continue;
  const ask = async () => {
    const query = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(`${form.action}?${query}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error();
      const told = await answer.json();
      const open = result.querySelector("details")?.open;
      result.innerHTML = told.html;
      if (open) result.querySelector("details").open = true;
      said.textContent = told.said;
    } catch {
      said.textContent = "That did not work: the portal could not be reached. Try again in a moment.";
    }
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
}
