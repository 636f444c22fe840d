import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  moveCompletionSelection,
  selectedCompletion,
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { EditorState, StateEffect, StateField, Transaction } from '@codemirror/state';
import { Decoration, EditorView, keymap, placeholder, type DecorationSet } from '@codemirror/view';
import type { App } from '../app.svelte';
import { colouring } from './colouring';
import { completion } from './completion';
import { look } from './look';

export interface Range {
  from: number;
  to: number;
}

const setWrong = StateEffect.define<Range | undefined>();

/** The underlined mistake. It moves with the text, and leaves once the text in it changes. */
const wrong = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, tr) {
    let out = marks.map(tr.changes);
    for (const effect of tr.effects) {
      if (effect.is(setWrong)) out = underlined(effect.value, tr.newDoc.length);
    }
    return out;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function underlined(range: Range | undefined, length: number): DecorationSet {
  if (!range) return Decoration.none;
  // A mistake at the very end has no character: the one before it is marked.
  const from = Math.min(range.from, Math.max(0, length - 1));
  const to = Math.min(Math.max(range.to, from + 1), length);
  return to > from ? Decoration.set(Decoration.mark({ class: 'wrong' }).range(from, to)) : Decoration.none;
}

/**
 * The filter box with colours, completion and the mistake underlined. It lives in a shadow
 * tree, where CodeMirror puts its rules into a constructed style sheet: in the document it
 * would add a style element, which the content security policy refuses.
 */
export class Editor {
  private readonly view: EditorView;

  constructor(
    host: HTMLElement,
    private readonly app: App,
    hint: string,
  ) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    const parent = document.createElement('div');
    root.replaceChildren(parent);
    this.view = new EditorView({
      parent,
      root,
      state: EditorState.create({ doc: app.query, extensions: this.extensions(hint) }),
    });
  }

  focus(): void {
    this.view.focus();
    this.view.dispatch({ selection: { anchor: 0, head: this.view.state.doc.length } });
  }

  /** Shows a filter that came from elsewhere: a click, the address, the history. */
  setText(text: string): void {
    const now = this.view.state.doc.toString();
    if (now === text) return;
    this.view.dispatch({
      changes: { from: 0, to: now.length, insert: text },
      selection: { anchor: text.length },
      annotations: Transaction.userEvent.of('set'),
    });
  }

  underline(range: Range | undefined): void {
    this.view.dispatch({ effects: setWrong.of(range) });
  }

  destroy(): void {
    this.view.destroy();
  }

  private extensions(hint: string) {
    return [
      history(),
      closeBrackets(),
      wrong,
      colouring,
      look,
      placeholder(hint),
      oneLine,
      typeOver,
      // Nothing is chosen by itself: Enter behind a word that happens to begin a field sends the word.
      autocompletion({ override: [completion], icons: false, defaultKeymap: false, selectOnOpen: false, interactionDelay: 0 }),
      keymap.of([
        { key: 'Enter', run: (view) => acceptCompletion(view) || this.submit() },
        { key: 'Tab', run: acceptFirst },
        { key: 'Escape', run: (view) => completionStatus(view.state) === null && this.leave() },
        ...closeBracketsKeymap,
        ...completionKeymap.filter((k) => k.key !== 'Enter'),
        ...historyKeymap,
        ...standardKeymap,
      ]),
      EditorView.contentAttributes.of({
        'aria-label': 'Filter',
        'aria-multiline': 'false',
        autocapitalize: 'off',
        autocorrect: 'off',
        spellcheck: 'false',
      }),
      EditorView.updateListener.of((update) => {
        const ours = update.transactions.some((tr) => tr.isUserEvent('set'));
        if (update.docChanged && !ours) this.app.type(update.state.doc.toString());
      }),
    ];
  }

  private submit(): boolean {
    this.app.submit();
    return true;
  }

  private leave(): boolean {
    this.view.contentDOM.blur();
    return true;
  }
}

/**
 * Types over a selection by itself. Left to the browser, the text comes in a span with the
 * colours of what it replaces, as an inline style, which the content security policy refuses.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType } = event;
    if (inputType !== 'insertText' || !data || /["'(]/.test(data) || view.composing || view.state.selection.main.empty) return false;
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type' });
    event.preventDefault();
    return true;
  },
});

/** Takes the chosen completion, or the first. Without one, Tab goes on to the next element. */
function acceptFirst(view: EditorView): boolean {
  if (completionStatus(view.state) !== 'active') return false;
  if (!selectedCompletion(view.state)) moveCompletionSelection(true)(view);
  return acceptCompletion(view);
}

/** A filter is one line: a line break that is pasted becomes a space. */
const oneLine = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged || tr.newDoc.lines === 1) return tr;
  const text = tr.newDoc.toString().replace(/\s*\n\s*/g, ' ');
  return [{ changes: { from: 0, to: tr.startState.doc.length, insert: text }, selection: { anchor: text.length } }];
});
