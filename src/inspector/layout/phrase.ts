import { drawingLimits } from '../../limits.ts';
import type { ChartAction, ChartState, ChartTransition, ChartTrigger } from '../draw/chart.ts';
import { actionText, guardText, invokeText, isForbidden, rank } from '../draw/labels.ts';
import { shortText } from '../draw/plain.ts';
import type { Role } from './geometry.ts';
import { shorten, visible } from './text.ts';

/** A word and what it is. `opens`: where the line is too short for what follows up to the next such word, break before it. */
export interface Piece {
  readonly text: string;
  readonly role: Role;
  readonly opens?: boolean;
}

/** What is to be said in one row, before it is measured. */
export interface Phrase {
  readonly edge?: string;
  readonly event?: string;
  readonly pieces: readonly Piece[];
}

const duration = (ms: number): string => {
  if (ms > 0 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms > 0 && ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
};

const triggerPieces = (trigger: ChartTrigger): Piece[] => {
  switch (trigger.kind) {
    case 'event':
      return [{ text: trigger.type, role: 'event' }];
    case 'always':
      return [{ text: 'always', role: 'keyword' }];
    case 'after':
      return [
        { text: 'after', role: 'keyword' },
        { text: typeof trigger.delay === 'number' ? duration(trigger.delay) : trigger.delay, role: 'event' },
      ];
    case 'state.done':
      return [{ text: 'onDone', role: 'keyword' }];
    default: {
      const word = { 'actor.done': 'onDone', 'actor.error': 'onError', 'actor.snapshot': 'onSnapshot' };
      return [
        { text: word[trigger.kind], role: 'keyword' },
        { text: trigger.actor, role: 'event' },
      ];
    }
  }
};

const words = (text: string, role: Role): Piece[] =>
  text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => ({ text: word, role }));

const actionPieces = (actions: readonly ChartAction[]): Piece[] =>
  actions.map((action, index) => ({
    text: `${index === 0 ? '/ ' : ''}${actionText(action)}${index < actions.length - 1 ? ',' : ''}`,
    role: 'action',
    opens: index === 0,
  }));

/** Characters of a condition for which there is room on a line of its own, in its brackets and moved in. */
const LONG = drawingLimits.line - 4;

/** A condition that is too long for one line is broken between its words. */
const guardPieces = (text: string): Piece[] => {
  const isLong = text.length > LONG;
  const parts = isLong ? text.split(/\s+/) : [text];
  return parts.map((part, index) => ({
    text: `${index === 0 ? '[' : ''}${part}${index === parts.length - 1 ? ']' : ''}`,
    role: 'guard',
    opens: index === 0,
  }));
};

const marks = (transition: ChartTransition): Piece[] => [
  ...(transition.reenter ? [{ text: '(reenter)', role: 'note' as const }] : []),
  ...(isForbidden(transition) ? [{ text: '(forbidden)', role: 'note' as const }] : []),
];

/** `2. EVENT [guard] / action, action → target`. */
export function transitionPhrase(
  edge: string,
  state: ChartState,
  transition: ChartTransition,
  target?: string,
): Phrase {
  const place = rank(state, transition);
  return {
    edge,
    event: transition.event,
    pieces: [
      ...(place === undefined ? [] : [{ text: place, role: 'rank' as const }]),
      ...triggerPieces(transition.trigger),
      ...(transition.guard === undefined ? [] : guardPieces(guardText(transition.guard))),
      ...actionPieces(transition.actions),
      ...marks(transition),
      ...(transition.description === undefined ? [] : words(transition.description, 'note')),
      ...(target === undefined ? [] : [{ text: `→ ${target}`, role: 'target' as const, opens: true }]),
    ],
  };
}

const keyword = (text: string): Piece => ({ text, role: 'keyword' });

/** What a state does and is, besides its transitions: tags, description, entry, invokes, exit, output. */
export const activityPhrases = (state: ChartState): Phrase[] => [
  ...(state.tags.length > 0
    ? [{ pieces: state.tags.map((tag): Piece => ({ text: tag, role: 'tag' })) }]
    : []),
  ...(state.description === undefined ? [] : [{ pieces: words(state.description, 'note') }]),
  ...(state.entry.length > 0 ? [{ pieces: [keyword('entry'), ...actionPieces(state.entry)] }] : []),
  ...state.invoke.map((invoke) => ({
    pieces: [keyword('do'), ...words(invokeText(state, invoke).replace(/^invoke /, ''), 'name')],
  })),
  ...(state.exit.length > 0 ? [{ pieces: [keyword('exit'), ...actionPieces(state.exit)] }] : []),
  ...(state.output === undefined
    ? []
    : [{ pieces: [keyword('output'), { text: shortText(state.output), role: 'name' as const }] }]),
];

/** How a state is called in a drawing: its key, or the machine's id. */
export const titleOf = (state: ChartState): string => visible(state.key) || '(empty)';

/** All of a phrase on one line, within bounds. */
export const fullText = ({ pieces }: Phrase): string =>
  shorten(visible(pieces.map(({ text }) => text).join(' ')), drawingLimits.full);
