// The page of an app: parts are replaced as they come alive, without a jump and with the focus where it was; the state
// of the whole is said in one line, which screen readers hear.
(() => {
  const FOCUSABLE = "a[href],button:not(:disabled),input:not(:disabled),select:not(:disabled),textarea,summary,[tabindex]";
  const PATIENCE = 1500; // milliseconds after which a widget that is smaller than its picture is shown all the same
  const CHECK = 20000, SOON = 2500; // milliseconds between questions whether the page may go on; after a click
  const find = (id) => document.getElementById(id);
  const council = (window.council = {});
  let whole = false, failed = false, alive = false, ended = false, heard = 0, timer = 0;

  // Voila's front end begins when the page is whole. It can begin at once: what it needs last is kept back for it.
  const listen = window.addEventListener;
  window.addEventListener = function (name, listener, ...rest) {
    if (name === "load" && String(listener).includes("federated_extensions")) { window.addEventListener = listen; listener(); }
    else listen.call(this, name, listener, ...rest);
  };

  const time = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const token = () => decodeURIComponent(document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "");
  const say = (text) => { if (find("council-status").textContent !== text) find("council-status").textContent = text; };

  const keeping = (part, change) => {
    const had = part.contains(document.activeElement) ? [...part.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement) : -2;
    const open = [...part.querySelectorAll("details")].map((each) => each.open);
    change();
    part.querySelectorAll("details").forEach((each, index) => { if (open[index]) each.open = true; });
    if (had === -2 || part.contains(document.activeElement)) return;
    const now = [...part.querySelectorAll(FOCUSABLE)];
    (now[Math.max(0, Math.min(had, now.length - 1))] ?? part).focus({ preventScroll: true });
  };

  council.part = (number, bad) => {
    const template = find(`live-${number}`), part = find(`part-${number}`);
    find("council-queue").hidden = true;
    keeping(part, () => part.replaceChildren(document.importNode(template.content, true)));
    part.classList.add("new");
    template.remove();
    if (bad) stop();
  };

  council.failed = () => {
    find("council-app").prepend(document.importNode(find("live-failed").content, true));
    stop();
  };

  const stop = () => {
    failed = true;
    document.querySelectorAll(".coming").forEach((each) => each.remove());
    const at = find("council-status").dataset.at;
    say(at ? `Part of this app failed. What has not been replaced is as at ${at}.` : "Part of this app failed.");
  };

  council.queue = (before, seconds) => {
    const line = find("council-queue");
    const who = before === 0 ? "You are next" : before === 1 ? "One viewer is before you" : `${before} viewers are before you`;
    line.textContent = `${who}, about ${seconds} second${seconds === 1 ? "" : "s"}. This page comes alive by itself.`;
    line.hidden = false;
    if (Date.now() - heard < 20000) return;
    heard = Date.now();
    const at = find("council-status").dataset.at;
    say(`${at ? `As at ${at}. ` : ""}Many apps are open just now. ${line.textContent}`);
    line.hidden = true;
  };

  council.whole = () => { whole = true; look(); };

  // A drawn widget takes the place of its picture once it is as tall, nearly, so that nothing below it moves.
  const settle = (box) => {
    const drawn = box.querySelector(":scope > .jp-OutputArea-output"), still = box.querySelector(":scope > .still");
    if (!drawn || !drawn.firstElementChild) return false;
    box.since ??= Date.now();
    if (drawn.scrollHeight < 0.8 * still.offsetHeight && Date.now() - box.since < PATIENCE) return false;
    keeping(box, () => { still.remove(); box.classList.add("done"); });
    return true;
  };

  const look = () => {
    const left = [...document.querySelectorAll(".council-live:not(.done)")].filter((box) => !settle(box));
    if (!whole || alive || ended) return;
    if (left.length) { setTimeout(look, 40); return; }
    alive = true;
    find("council-queue").hidden = true;
    find("council-app").removeAttribute("aria-busy");
    document.body.classList.add("alive");
    document.querySelectorAll(".coming").forEach((each) => each.remove());
    if (!failed) say(`Live, as at ${time()}.`);
    askIn(CHECK);
  };

  const askIn = (wait) => { clearTimeout(timer); timer = setTimeout(ask, wait); };

  const ask = async () => {
    const headers = { "X-XSRFToken": token() };
    let answer = { alive: true };
    try {
      const said = await fetch(`${document.body.dataset.base}standing/${document.body.dataset.kernel}`, { headers });
      if (said.ok) answer = await said.json();
      else if (said.status === 401 || said.status === 403) answer = { alive: false, why: "you are no longer signed in." };
    } catch { /* the network is away: asked again later */ }
    if (ended) return;
    if (answer.alive) askIn(CHECK);
    else end(answer.why);
  };

  const end = (why) => {
    ended = true;
    const box = document.createElement("div");
    box.className = "council-ended";
    box.setAttribute("role", "alert");
    const words = document.createElement("p"), again = document.createElement("p"), link = document.createElement("a");
    words.textContent = `This page has stopped: ${why || "it was left for a while."} Its controls do nothing now; what it shows was so at ${time()}.`;
    link.href = location.href;
    link.textContent = "Open it again";
    again.append(link);
    box.append(words, again);
    find("council-app").before(box);
    find("council-app").inert = true;
    say("Stopped.");
  };

  // Said from the first moment on: Voila's front end says it too, but only once it has begun.
  addEventListener("pagehide", () => {
    const { base, kernel } = document.body.dataset, said = new FormData();
    if (!kernel) return;
    said.append("_xsrf", token());
    navigator.sendBeacon(`${base}voila/api/shutdown/${kernel}`, said);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  document.addEventListener("DOMContentLoaded", () => {
    const app = find("council-app");
    const acted = () => { if (alive && !ended) askIn(SOON); };
    ["click", "change"].forEach((name) => app.addEventListener(name, acted));
  });
  let queued = 0;
  new MutationObserver(() => { queued ||= setTimeout(() => { queued = 0; look(); }, 15); })
    .observe(document.documentElement, { childList: true, subtree: true });
})();
