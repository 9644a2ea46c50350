// The editor that takes the place of a cell's text once that is to be changed.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  LanguageSupport,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

// Words have the classes that Pygments gives them at build: its style sheet colours both.
const PYGMENTS = tagHighlighter([
  { tag: tags.comment, class: "c1" },
  { tag: tags.string, class: "s2" },
  { tag: tags.special(tags.string), class: "s2" },
  { tag: tags.escape, class: "se" },
  { tag: tags.number, class: "mi" },
  { tag: [tags.bool, tags.null], class: "kc" },
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword], class: "k" },
  { tag: tags.moduleKeyword, class: "kn" },
  { tag: tags.operatorKeyword, class: "ow" },
  { tag: tags.operator, class: "o" },
  { tag: tags.self, class: "bp" },
  { tag: tags.function(tags.definition(tags.variableName)), class: "nf" },
  { tag: tags.definition(tags.className), class: "nc" },
  { tag: tags.meta, class: "nd" },
  { tag: [tags.punctuation, tags.paren, tags.brace, tags.squareBracket], class: "p" },
]);

const LOOK = EditorView.theme({
  "&": { fontSize: "var(--code-font-size)" },
  "&.cm-focused": { outline: "2px solid var(--color-control)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-stack--monospace)", lineHeight: "1.5" },
  ".cm-content": { padding: ".625rem 0", caretColor: "currentColor" },
  ".cm-line": { padding: "0 .875rem" },
});

export class Editor {
  #view;

  // Takes the place of `code`, which keeps the same text, as what copies a cell reads it there.
  constructor(code, { label, text, run, changed }) {
    const runs = () => {
      run();
      return true;
    };
    const listener = EditorView.updateListener.of(({ docChanged }) => {
      if (docChanged) {
        code.textContent = this.text;
        changed();
      }
    });
    this.#view = new EditorView({
      doc: text,
      extensions: [
        history(),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        new LanguageSupport(pythonLanguage),
        syntaxHighlighting(PYGMENTS),
        keymap.of([
          { key: "Mod-Enter", run: runs },
          { key: "Shift-Enter", run: runs },
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab, // Escape, then Tab leaves: the editor's own way out
        ]),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        LOOK,
        listener,
      ],
    });
    code.before(this.#view.dom);
    code.hidden = true;
  }

  get text() {
    return this.#view.state.doc.toString();
  }

  setText(text) {
    const { length } = this.#view.state.doc;
    this.#view.dispatch({ changes: { from: 0, to: length, insert: text } });
  }

  // Puts the cursor where it was, or at a point of the page.
  focus(point) {
    this.#view.focus();
    const anchor = point && this.#view.posAtCoords(point, false);
    if (anchor !== null) {
      this.#view.dispatch({ selection: { anchor } });
    }
  }
}
