import { EditorView } from '@codemirror/view';

/** How the box looks: as the plain one that it takes the place of. Custom properties reach in here. */
export const look = EditorView.theme({
  '&': { height: '30px', backgroundColor: 'transparent', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '30px', overflowX: 'auto', overflowY: 'hidden', scrollbarWidth: 'none' },
  '.cm-content': { padding: '0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-placeholder': { color: 'var(--ink-faint)', fontFamily: 'var(--sans)' },
  '.q-field': { color: 'var(--key)' },
  '.q-operator, .q-bracket': { color: 'var(--ink-faint)' },
  '.q-value, .q-string': { color: 'var(--accent)' },
  '.q-keyword, .q-not': { color: 'var(--warn)', fontWeight: '600' },
  '.wrong': {
    textDecoration: 'underline wavy var(--error)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '4px',
    backgroundColor: 'var(--error-soft)',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: '8px',
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    boxShadow: '0 8px 28px rgb(0 0 0 / 0.18)',
    overflow: 'hidden',
    marginTop: '4px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12.5px', maxHeight: '260px', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', borderRadius: '5px', display: 'flex', gap: '18px', lineHeight: '18px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--select)', color: 'var(--ink)' },
  '.cm-completionLabel': { flex: '1' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--accent)' },
  '.cm-completionDetail': { margin: '0', fontStyle: 'normal', color: 'var(--ink-faint)', fontFamily: 'var(--sans)', fontSize: '11.5px' },
  '@media (max-width: 700px)': { '&': { fontSize: '16px' } },
});
