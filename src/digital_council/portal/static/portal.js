// Makes a lesson's page livelier. Everything here also works without it, by posting the form.
const form = document.querySelector("form[data-lesson]");
if (form) begin(form);

function begin(form) {
  const state = form.querySelector("[data-save-state]");
  const announce = document.querySelector("[data-announce]");
  let queue = Promise.resolve();
  let timer = null;
  let unsaved = false;

  const say = (words) => {
    announce.textContent = "";
    // An empty moment makes screen readers read the same words twice in a row.
    setTimeout(() => { announce.textContent = words; }, 50);
  };

  // One request at a time, so that each knows the version the one before it made.
  const send = (doing) => {
    queue = queue.then(() => post(doing)).catch(() => failed(doing));
    return queue;
  };

  async function post(doing) {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", doing);
    unsaved = false;
    const answer = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.detail || "not saved");
    form.elements.version.value = told.version;
    show(told.parts || {});
    state.textContent = told.saved;
    if (told.said) say(told.said);
    mark(told.wrong, told.about);
    if (told.pending) setTimeout(() => send("look:" + told.pending), 700);
    if (told.focus) document.getElementById(told.focus)?.focus();
  }

  function show(parts) {
    for (const [name, html] of Object.entries(parts)) {
      const place = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
      if (place) place.innerHTML = html;
    }
  }

  function mark(wrong, about) {
    for (const id of about || []) {
      document.getElementById("q-" + id)?.classList.toggle("question--not-yet", wrong.includes(id));
    }
  }

  function failed(doing) {
    unsaved = true;
    const words = "Not saved: the portal could not be reached. Your answers are still on this page; we keep trying.";
    if (state.textContent !== words) state.textContent = words;
    if (doing === "autosave") {
      clearTimeout(timer);
      timer = setTimeout(() => send("autosave"), 5000);
    } else {
      say("That did not work: the portal could not be reached. Try again in a moment.");
    }
  }

  const edited = (event) => {
    if (event.target.form !== form) return; // a table's own controls stand among the questions
    unsaved = true;
    state.textContent = "Saving…";
    clearTimeout(timer);
    timer = setTimeout(() => send("autosave"), 800);
  };
  form.addEventListener("input", edited);
  form.addEventListener("change", edited);

  form.addEventListener("submit", (event) => {
    const doing = event.submitter?.value || "save";
    if (doing.startsWith("row:") || doing === "renew") return; // draws the whole page again
    event.preventDefault();
    clearTimeout(timer);
    if (doing.startsWith("run:")) say("Running your code.");
    if (doing === "submit") say("Handing in your answers.");
    send(doing);
  });

  // The editor is fetched for the first code box that comes into sight; without it the text area serves as it is.
  const nearing = new IntersectionObserver((entries) => {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      nearing.unobserve(target);
      import(form.dataset.editor).then((editor) => editor.enrich(target), () => {});
    }
  }, { rootMargin: "200px" });
  for (const box of form.querySelectorAll("textarea.code")) nearing.observe(box);

  window.addEventListener("online", () => { if (unsaved) send("autosave"); });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
}

const result = document.getElementById("result");
if (result) result.focus();
