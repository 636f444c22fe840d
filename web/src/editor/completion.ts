import { startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { fields } from '../lib/api';
import type { Field } from '../lib/contract';
import { severities } from '../lib/contract';
import { count } from '../lib/format';
import { contractFields, fieldName, quote, tokens, unquote, type Token } from '../lib/query';

/** How long an answer of the server is good for. */
const FRESH = 5000;
/** How many values of each field are asked for. */
const VALUES = 50;

let cached: { at: number; fields: Promise<Field[]> } | undefined;

/** The fields that recent entries have. Without an answer there are those of the contract. */
async function known(): Promise<Field[]> {
  if (!cached || Date.now() - cached.at > FRESH) {
    cached = {
      at: Date.now(),
      fields: fields({ values: VALUES })
        .then((f) => f.fields ?? [])
        .catch(() => []),
    };
  }
  return cached.fields;
}

const operators: Record<string, string> = { severity: '>=', message: ':' };
const always: Field[] = contractFields.map((name) => ({ name }));

/** Completes names of fields, and the values of the field before the cursor. */
export async function completion(context: CompletionContext): Promise<CompletionResult | null> {
  const text = context.state.doc.sliceString(0, context.pos);
  const parts = tokens(text);
  const last = parts.at(-1);
  if (last?.kind === 'operator') return values(text, parts.at(-2), context.pos, '');
  if (last?.kind === 'value') return values(text, parts.at(-3), last.begin, text.slice(last.begin));
  if (last?.kind === 'word' || last?.kind === 'field') return names(last.begin);
  return context.explicit ? names(context.pos) : null;
}

async function names(from: number): Promise<CompletionResult> {
  const recent = await known();
  const all = [...recent, ...always.filter((f) => !recent.some((r) => r.name === f.name))];
  return { from, validFor: /^[\p{L}\p{Nd}_.-]*$/u, options: all.map(name) };
}

function name(f: Field): Completion {
  const label = fieldName(f.name);
  return {
    label,
    detail: f.distinct ? `${count(f.distinct)} ${f.distinct === 1 ? 'value' : 'values'}` : '',
    boost: f.name.startsWith('attributes.') ? 0 : 1,
    apply: (view, _, from, to) => {
      const insert = label + (operators[f.name] ?? '=');
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: 'input.complete' });
      startCompletion(view); // the values are what comes next
    },
  };
}

async function values(text: string, field: Token | undefined, from: number, typed: string): Promise<CompletionResult | null> {
  if (field?.kind !== 'field') return null;
  const wanted = text.slice(field.begin, field.end);
  if (wanted === 'severity') {
    return { from, validFor: /^\w*$/, options: [...severities].reverse().map((s) => ({ label: s })) };
  }
  const found = (await known()).find((f) => fieldName(f.name) === wanted);
  if (!found?.values) return null;
  const options = found.values
    .filter((v) => v.value !== undefined)
    .map((v, i) => ({ label: quote(v.value!), displayLabel: v.value!, detail: count(v.entries ?? 0), boost: -i }));
  return { from, options, validFor: unquote(typed) === typed ? /^[^\s()"',]*$/ : /^["'][^"']*$/ };
}
