import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from '@codemirror/view';
import { tokens, type TokenKind } from '../lib/query';

const marks = new Map<TokenKind, Decoration>(
  (['field', 'operator', 'value', 'string', 'keyword', 'not', 'bracket'] as const).map((kind) => [
    kind,
    Decoration.mark({ class: `q-${kind}` }),
  ]),
);

/** The parts of a query in their colours. */
export const colouring = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = colour(view);
    }

    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = colour(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function colour(view: EditorView): DecorationSet {
  const text = view.state.doc.toString();
  return Decoration.set(
    tokens(text).flatMap((t) => {
      const mark = marks.get(t.kind);
      return mark ? [mark.range(t.begin, t.end)] : [];
    }),
  );
}
