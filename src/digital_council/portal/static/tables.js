// Shows what was asked of a table where it stands. Without this the form opens the same as a page of its own.
const LOST = "That did not work: the portal could not be reached. Try again in a moment.";

document.addEventListener("submit", (event) => {
  const form = event.target;
  const result = document.querySelector(`[data-table-result="${form.id}"]`);
  const said = document.querySelector(`[data-table-said="${form.id}"]`);
  if (!form.matches("form[data-table]") || !result || !said) return;
  event.preventDefault();
  ask(form, result, said);
});

async function ask(form, result, said) {
  const query = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(`${form.action}?${query}`, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) {
      said.textContent = result.textContent = told.detail || LOST;
      return;
    }
    const open = result.querySelector("details")?.open;
    result.innerHTML = told.html;
    if (open) result.querySelector("details").open = true;
    said.textContent = told.said;
  } catch {
    said.textContent = LOST;
  }
}

// The table that a learner's own code shows: its page's controls, brought to where the link to that page stands.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-own-table]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  bring(link);
});

async function bring(link) {
  const name = link.dataset.ownTable;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById(name)?.remove();
    document.body.append(page.getElementById(name)); // not within the lesson's form, whose answers these are not
    const whole = page.querySelector("[data-table-whole]");
    whole.querySelector("h2").remove();
    link.parentElement.replaceWith(whole);
    whole.querySelector("select").focus();
  } catch {
    location.assign(link.href);
  }
}
