// A code box with line numbers, colours and indents in place of a plain text area, which stays in the form.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorSelection, EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], color: "var(--link)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: tags.number, color: "var(--link-visited)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { background: "var(--paper)", color: "var(--ink)", border: "2px solid var(--ink)", fontSize: ".95rem" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "0" },
  ".cm-scroller": { fontFamily: "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace",
    lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".3rem 0" },
  ".cm-gutters": { background: "var(--surface)", color: "var(--quiet)", border: "0" },
  ".cm-activeLine": { background: "transparent" },
  "&.cm-focused .cm-activeLine": { background: "var(--surface)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--surface-strong)", color: "var(--ink)" },
});

// Tab is left alone: it moves on to the next control, as everywhere on the page.
export function enrich(area) {
  const label = area.labels[0];
  const how = document.getElementById(area.getAttribute("aria-describedby"));
  const run = area.parentElement.querySelector(`[data-action="run"]`);
  const changed = EditorView.updateListener.of((update) => {
    const text = update.state.doc.toString();
    if (area.value === text) return;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const runs = { key: "Mod-Enter", run: () => { run?.click(); return true; } };
  const host = document.createElement("div");
  host.className = "code-box";
  area.before(host);
  // Inside a shadow the editor's styles need no exception from the page's content security policy.
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root, root,
    state: EditorState.create({
      doc: area.value,
      selection: EditorSelection.range(area.selectionStart, area.selectionEnd),
      extensions: [
        lineNumbers(), history(), indentOnInput(), bracketMatching(), highlightActiveLine(), indentUnit.of("    "),
        EditorView.lineWrapping, python(), syntaxHighlighting(colours), look, changed,
        keymap.of([runs, ...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({
          "aria-label": label?.textContent.trim().replace(/\s+/g, " ") || "Your code",
          "aria-description": how?.textContent.trim() ?? "",
          "data-name": area.name, autocapitalize: "off", spellcheck: "false",
          style: `min-height: calc(${area.rows} * 1.5em)`,
        }),
      ],
    }),
  });
  const wasFocused = document.activeElement === area;
  area.classList.add("govuk-visually-hidden");
  area.setAttribute("aria-hidden", "true");
  area.tabIndex = -1;
  area.addEventListener("input", () => { // restored by the browser, or typed by a program
    if (area.value !== view.state.doc.toString()) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
    }
  });
  label?.addEventListener("click", () => view.focus());
  if (how) how.append(" Ctrl and Enter run it too.");
  if (wasFocused) view.focus();
}
