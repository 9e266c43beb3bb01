// Makes a lesson's page livelier. Everything here also works without it, by posting the form.
const form = document.querySelector("form[data-lesson]");
if (form) begin(form);

function begin(form) {
  const state = document.querySelector("[data-save-state]");
  const notice = document.querySelector("[data-told]");
  const announce = document.querySelector("[data-announce]");
  let queue = Promise.resolve();
  let timer = null;
  let unsaved = false;
  let isLost = false;
  let isNews = true; // the first save, and the first after a failure, are worth saying aloud; the rest are seen

  const say = (words) => {
    announce.textContent = "";
    // An empty moment makes screen readers read the same words twice in a row.
    setTimeout(() => { announce.textContent = words; }, 50);
  };

  // One request at a time, so that each knows the version the one before it made.
  const send = (doing) => {
    queue = queue.then(() => post(doing)).catch((error) => failed(doing, error));
    return queue;
  };

  async function post(doing) {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", doing);
    unsaved = false;
    const answer = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
    });
    if (!answer.ok) throw await refusal(answer);
    const told = await answer.json();
    form.elements.version.value = told.version;
    show(told.parts || {});
    state.textContent = told.saved;
    if (told.told) { notice.textContent = told.told; notice.hidden = false; }
    if (told.said) say(told.said);
    else if (isNews && doing === "autosave") say(`${told.saved} What you type is saved as you go.`);
    isNews = isLost = false;
    mark(told.wrong, told.about);
    if (told.pending) setTimeout(() => send("look:" + told.pending), 700);
    if (told.focus) document.getElementById(told.focus)?.focus();
  }

  function show(parts) {
    for (const [name, html] of Object.entries(parts)) {
      const place = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
      if (place && !(name === "progress" && place.innerHTML === html)) place.innerHTML = html;
    }
  }

  function mark(wrong, about) {
    for (const id of about || []) {
      document.getElementById("q-" + id)?.classList.toggle("question--not-yet", wrong.includes(id));
    }
  }

  // Why the portal would not take it, when that can be mended by whoever sits here; trying again would not help.
  async function refusal(answer) {
    if (answer.status === 401) return { why: "You have been signed out. Sign in again in another tab, then go on here." };
    if (answer.status >= 500) return {};
    return { why: (await answer.json().catch(() => ({}))).detail };
  }

  function failed(doing, { why }) {
    unsaved = true;
    const words = why ? `Not saved: ${why}`
      : "Not saved: the portal could not be reached. Your answers are still on this page; we keep trying.";
    state.textContent = words;
    if (doing !== "autosave") say(why ? words : "That did not work: the portal could not be reached. Try again in a moment.");
    else if (!isLost) say(words);
    isLost = isNews = true;
    if (doing === "autosave" && !why) {
      clearTimeout(timer);
      timer = setTimeout(() => send("autosave"), 5000);
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
