// The Check and Submit buttons of a lesson's notebook. Written by hand in JupyterLab's federation format, so that
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
    .council-dialog pre { white-space: pre-wrap; }
    .council-dialog button { font-size: 1rem; padding: .4rem 1rem; }`;
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
        if (finding.detail) item.append(element("pre", {}, finding.detail));
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
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
