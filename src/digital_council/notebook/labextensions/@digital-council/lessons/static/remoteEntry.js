// The Check and Submit buttons of a lesson's notebook, and Publish as app on any other. Written by hand in JupyterLab's federation format, so that
// nothing has to be bundled: JupyterLab calls init with the modules it shares, then get for the plugin.
"use strict";
(() => {
  const NAME = "@digital-council/lessons";
  const STYLE = `
    .council-button { margin: 0 2px; padding: 0 8px; height: 24px; border: 1px solid var(--jp-ui-font-color1);
      border-radius: 2px; background: var(--jp-layout-color1); color: var(--jp-ui-font-color1); font: inherit; cursor: pointer; }
    .council-button:focus-visible { outline: 3px solid var(--jp-brand-color1); outline-offset: 1px; }
    .council-button[aria-disabled=true] { opacity: 0.7; cursor: default; }
    .council-told { min-height: 44px; box-sizing: border-box; overflow: auto; padding: 8px 12px;
      background: var(--jp-layout-color2); color: var(--jp-ui-font-color1); }
    .council-dialog { max-width: 40rem; max-height: 80vh; overflow: auto; color: #0b0c0c; background: #fff;
      border: 2px solid #0b0c0c; font-size: 16px; line-height: 1.5; padding: 1rem 1.5rem; }
    .council-dialog::backdrop { background: rgb(0 0 0 / 50%); }
    .council-dialog h1 { font-size: 1.3rem; margin: 0 0 .5rem; }
    .council-dialog .council-detail { white-space: pre-wrap; margin: .2rem 0 .6rem; }
    .council-dialog button { font-size: 1rem; padding: .4rem 1rem; margin-top: .5rem; }
    .council-dialog label { display: block; font-weight: 600; margin: .7rem 0 .1rem; }
    .council-dialog small { display: block; font-size: .9rem; color: #484b50; }
    .council-dialog input, .council-dialog select, .council-dialog textarea { box-sizing: border-box; width: 100%;
      font: inherit; padding: .3rem .5rem; border: 2px solid #0b0c0c; color: #0b0c0c; background: #fff; }
    .council-dialog :focus-visible { outline: 3px solid #ffdd00; outline-offset: 0; box-shadow: inset 0 0 0 2px #0b0c0c; }
    .council-dialog progress { width: 100%; height: .8rem; }
    .council-dialog footer { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1rem; }
    .council-dialog li { margin-bottom: .4rem; overflow-wrap: anywhere; }`;
  const WORDS = { "passed": "passed", "not-yet": "not yet", "could-not-check": "could not check" };

  let scope = {};

  async function shared(name) {
    const versions = scope[name] || {};
    const found = Object.values(versions)[0];
    if (!found) throw new Error(`JupyterLab does not share ${name}`);
    const factory = await found.get();
    return factory();
  }

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function cookie(name) {
    const found = document.cookie.split("; ").find((each) => each.startsWith(name + "="));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  async function ask(settings, method, path, body) {
    const headers = { "Content-Type": "application/json", "X-XSRFToken": cookie("_xsrf") };
    if (settings.token) headers.Authorization = `token ${settings.token}`;
    const options = { method, headers, credentials: "same-origin" };
    if (body) options.body = JSON.stringify(body);
    const answer = await fetch(settings.baseUrl + "council/api/" + path, options);
    const text = await answer.text();
    let read = {};
    try { read = JSON.parse(text); } catch { /* an error page: the status says enough */ }
    if (!answer.ok) throw new Error(read.message || read.reason || `the server answered ${answer.status}`);
    return read;
  }

  // A native dialog: it keeps the focus inside, closes with Escape and gives the focus back to the button.
  class Findings {
    constructor(title) {
      this.heading = element("h1", { id: "council-dialog-title", tabindex: "-1" }, title);
      this.body = element("div", { "aria-live": "polite" }, element("p", {}, "One moment…"));
      const close = element("button", { type: "button" }, "Close");
      this.dialog = element("dialog", { class: "council-dialog", "aria-labelledby": "council-dialog-title" },
        this.heading, this.body, close);
      close.addEventListener("click", () => this.dialog.close());
      this.dialog.addEventListener("close", () => this.dialog.remove());
      // JupyterLab's own keyboard shortcuts must not act on the notebook behind.
      this.dialog.addEventListener("keydown", (event) => event.stopPropagation());
      document.body.append(this.dialog);
      this.dialog.showModal();
      this.heading.focus();
    }

    show(answer) {
      this.heading.textContent = answer.title;
      const items = answer.findings.map((finding) => {
        const words = WORDS[finding.outcome] ? ` (${WORDS[finding.outcome]})` : "";
        const item = element("li", {}, element("strong", {}, `${finding.question}${words}: `), finding.title || "");
        if (finding.detail) item.append(element("p", { class: "council-detail" }, finding.detail));
        return item;
      });
      this.body.replaceChildren(element("p", {}, answer.line), ...(items.length ? [element("ul", {}, ...items)] : []));
    }

    say(text) {
      this.body.replaceChildren(element("p", {}, text));
    }
  }

  function questionOf(cell) {
    const nbgrader = cell && cell.model.getMetadata("nbgrader");
    return (nbgrader && nbgrader.grade_id) || null;
  }

  // The question of the selected cell; on a question's text the one that follows, elsewhere the one before.
  function questionAt(notebook) {
    const cells = notebook.widgets;
    const at = notebook.activeCellIndex;
    const active = questionOf(cells[at]);
    if (active) return active;
    if (cells[at] && cells[at].model.type === "markdown" && questionOf(cells[at + 1])) return questionOf(cells[at + 1]);
    for (let index = at; index >= 0; index--) {
      if (questionOf(cells[index])) return questionOf(cells[index]);
    }
    return null;
  }

  class LessonButtons {
    constructor(app, Widget) {
      this.settings = app.serviceManager.serverSettings;
      this.Widget = Widget;
    }

    createNew(panel, context) {
      context.ready.then(() => {
        if (!context.isDisposed && context.model.getMetadata("council")) this.add(panel, context);
      });
    }

    add(panel, context) {
      this.button(panel, "council-check", "Check this question", async (dialog) => {
        const question = questionAt(panel.content);
        if (!question) return dialog.say("Select the cell of a question, or a cell below it, then check again.");
        await context.save();
        dialog.show(await ask(this.settings, "POST", "check", { path: context.localPath, question }));
      });
      this.button(panel, "council-submit", "Submit", async (dialog) => {
        await context.save();
        dialog.show(await ask(this.settings, "POST", "submit", { path: context.localPath }));
      });
      const told = new this.Widget({ node: element("div", { class: "council-told", role: "status" }) });
      panel.contentHeader.addWidget(told);
      told.hide();
      const refresh = () => this.tell(told, panel, context);
      context.saveState.connect((_, state) => { if (state === "completed") refresh(); });
      refresh();
    }

    button(panel, name, label, work) {
      const node = element("button", { type: "button", class: "council-button" }, label);
      node.addEventListener("click", async () => {
        const dialog = new Findings(label);
        try {
          await work(dialog);
        } catch (error) {
          dialog.say(`That did not work: ${error.message}.`);
        }
      });
      const holder = element("div", { class: "jp-Toolbar-item" }, node);
      panel.toolbar.addItem(name, new this.Widget({ node: holder }));
    }

    async tell(told, panel, context) {
      let answer = { message: "" };
      try {
        answer = await ask(this.settings, "GET", "status?path=" + encodeURIComponent(context.localPath));
      } catch { /* the server is away: JupyterLab says so itself */ }
      if (told.isDisposed) return;
      told.node.replaceChildren(answer.message);
      if (answer.reload) told.node.append(" ", this.reload(told, panel, context));
      told.setHidden(!answer.message);
    }

    reload(told, panel, context) {
      const node = element("button", { type: "button", class: "council-button" }, "Reload now");
      node.addEventListener("click", async () => {
        const selected = panel.content.activeCellIndex;
        await context.save();
        await context.revert();
        panel.content.activeCellIndex = selected;
        await this.tell(told, panel, context);
        panel.content.activate();
      });
      return node;
    }
  }

  // What is asked about an app: its field, its label, a hint, and the kind of control.
  const ASKED = [
    ["title", "Title", ""],
    ["description", "What it answers", "A sentence or two.", "textarea"],
    ["id", "Address", "Small letters, numbers and hyphens. Empty: made of the title. An app of yours there gets a new version."],
    ["owner", "Owner", "The account of the person who answers for it, and whom others are told to ask."],
    ["audience", "For whom", "everyone, leader, team-…, directorate-…, org-… or accounts, with commas between."],
    ["datasets", "Datasets it reads", "With commas between. It can read no others."],
    ["review", "To be reviewed on", "Within 18 months.", "date"],
    ["sensitivity", "Sensitivity", "", "select"],
    ["accepted", "Signs of people you answer for", "Only when the check was wrong. One a line, as: address: of libraries, not of people", "textarea"],
  ];
  const SENSITIVITIES = [["", "As its datasets"], ["OFFICIAL", "OFFICIAL"], ["OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"]];
  const KEPT = "council_app"; // in the notebook's metadata: what was said the last time
  const LIVE = { published: "It is live.", unchanged: "It is live and says exactly this already, so nothing was changed." };

  function control(name, kind, value) {
    const tag = ["textarea", "select"].includes(kind) ? kind : "input";
    const made = element(tag, { id: `council-${name}`, name, autocomplete: "off" });
    if (kind === "date") made.type = "date";
    if (kind === "textarea") made.rows = 2;
    if (kind === "select") made.append(...SENSITIVITIES.map(([each, label]) => element("option", { value: each }, label)));
    made.value = value || "";
    return made;
  }

  class Publication {
    constructor(settings, panel, context) {
      Object.assign(this, { settings, panel, context });
      this.dialog = new Findings("Publish as app");
    }

    async begin() {
      await this.context.save();
      const path = encodeURIComponent(this.context.localPath);
      const proposed = await ask(this.settings, "GET", `proposal?path=${path}`);
      const year = new Date();
      year.setFullYear(year.getFullYear() + 1);
      const first = this.panel.content.widgets.map((cell) => /^#\s+(.+)$/m.exec(cell.model.sharedModel.getSource())).find(Boolean);
      const kept = this.context.model.getMetadata(KEPT) || {};
      this.form({ title: first ? first[1].trim() : "", owner: proposed.owner, datasets: proposed.datasets.join(", "),
        review: year.toISOString().slice(0, 10), ...kept });
    }

    form(values) {
      const fields = ASKED.flatMap(([name, label, hint, kind]) => {
        const made = control(name, kind, values[name]);
        if (hint) made.setAttribute("aria-describedby", `council-${name}-hint`);
        return [element("label", { for: made.id }, label), ...(hint ? [element("small", { id: `council-${name}-hint` }, hint)] : []), made];
      });
      const send = element("button", { type: "submit" }, "Check and publish");
      const form = element("form", {}, element("p", {}, "The notebook is run from an empty kernel with your rights, and what it shows is looked at for personal data and for barriers to people with disabilities."),
        ...fields, element("footer", {}, send));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const said = Object.fromEntries(ASKED.map(([name]) => [name, form.elements[name].value.trim()]));
        this.send(said).catch((error) => this.refused(said, [{ line: error.message }]));
      });
      this.dialog.body.replaceChildren(form);
      form.elements.title.focus();
    }

    async send(said) {
      this.context.model.setMetadata(KEPT, said);
      await this.context.save();
      const bar = element("progress", { "aria-label": "How far the check has come" });
      const step = element("p", {}, "Sending the notebook…");
      this.dialog.body.replaceChildren(step, bar);
      this.dialog.heading.focus();
      let made = await ask(this.settings, "POST", "publication", { path: this.context.localPath, ...said });
      while (["waiting", "running"].includes(made.state) && this.dialog.dialog.open) {
        if (step.textContent !== made.step) step.textContent = made.step;
        if (made.of) [bar.max, bar.value] = [made.of, made.cell - 1];
        await new Promise((done) => setTimeout(done, 500));
        made = await ask(this.settings, "GET", `publication?id=${made.id}`);
      }
      if (LIVE[made.state]) await this.live(made, said);
      else if (!["waiting", "running"].includes(made.state)) this.refused(said, made.findings.length ? made.findings : [{ line: made.detail }]);
    }

    async live(made, said) {
      this.context.model.setMetadata(KEPT, { ...said, id: made.app }); // so that another title makes no other app
      await this.context.save();
      const link = element("a", { href: made.url, target: "_blank", rel: "noopener" }, made.url);
      this.dialog.heading.textContent = `Published: version ${made.version}`;
      this.dialog.body.replaceChildren(element("p", {}, LIVE[made.state]), element("p", {}, link));
      this.dialog.heading.focus();
    }

    refused(said, findings) {
      const items = findings.map((finding) => {
        const item = element("li", {}, finding.line);
        if (finding.cell) item.append(" ", this.toCell(finding.cell));
        return item;
      });
      const again = element("button", { type: "button" }, "Change what I said");
      again.addEventListener("click", () => { this.dialog.heading.textContent = "Publish as app"; this.form(said); });
      this.dialog.heading.textContent = "Not published yet";
      this.dialog.body.replaceChildren(element("p", {}, "Nothing was changed. These stand in the way:"),
        element("ul", {}, ...items), element("footer", {}, again));
      this.dialog.heading.focus();
    }

    toCell(number) {
      const node = element("button", { type: "button" }, `Go to cell ${number}`);
      node.addEventListener("click", () => {
        this.dialog.dialog.close();
        this.panel.content.activeCellIndex = number - 1;
        this.panel.content.scrollToItem?.(number - 1);
        this.panel.content.activate();
      });
      return node;
    }
  }

  class PublishButton {
    constructor(app, Widget) {
      this.settings = app.serviceManager.serverSettings;
      this.Widget = Widget;
    }

    createNew(panel, context) {
      context.ready.then(() => {
        if (context.isDisposed || context.model.getMetadata("council")) return; // a lesson is no app
        const node = element("button", { type: "button", class: "council-button" }, "Publish as app");
        node.addEventListener("click", async () => {
          const publication = new Publication(this.settings, panel, context);
          try {
            await publication.begin();
          } catch (error) {
            publication.dialog.say(`That did not work: ${error.message}.`);
          }
        });
        panel.toolbar.addItem("council-publish", new this.Widget({ node: element("div", { class: "jp-Toolbar-item" }, node) }));
      });
    }
  }

  const publish = {
    id: NAME + ":publish",
    description: "Publish as app on notebooks that are no lessons, for those who may publish.",
    autoStart: true,
    activate: async (app) => {
      const { Widget } = await shared("@lumino/widgets");
      app.docRegistry.addWidgetExtension("Notebook", new PublishButton(app, Widget));
    },
  };

  const plugin = {
    id: NAME + ":buttons",
    description: "Check and Submit on the notebooks of lessons.",
    autoStart: true,
    activate: async (app) => {
      const { Widget } = await shared("@lumino/widgets");
      document.head.append(element("style", {}, STYLE));
      app.docRegistry.addWidgetExtension("Notebook", new LessonButtons(app, Widget));
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = {
    init: (given) => { scope = given; },
    get: async () => () => ({ __esModule: true, default: [plugin, publish] }),
  };
})();
