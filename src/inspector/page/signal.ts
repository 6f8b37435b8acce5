import { options, type Component, type VNode } from 'preact';
import { useState } from 'preact/hooks';

/** A value that tells who read it when it is another. */
export interface ReadonlySignal<Value = unknown> {
  /** Read while a component is rendered or an effect runs, it is followed. */
  readonly value: Value;
  /** The value, not followed. */
  peek(): Value;
}

export interface Signal<Value = unknown> extends ReadonlySignal<Value> {
  value: Value;
}

/** Who follows signals: a component, or an effect. */
interface Reader {
  /** Those who follow the same signals, so that it can leave them. */
  readonly followed: Set<Set<Reader>>;
  wake(): void;
}

let reading: Reader | undefined;
/** Those to be woken when the batch ends. */
let waiting: Set<Reader> | undefined;

const leave = (reader: Reader): void => {
  for (const readers of reader.followed) readers.delete(reader);
  reader.followed.clear();
};

export function signal<Value>(initial: Value): Signal<Value> {
  let current = initial;
  const readers = new Set<Reader>();
  return {
    get value() {
      if (reading !== undefined) {
        readers.add(reading);
        reading.followed.add(readers);
      }
      return current;
    },
    set value(next) {
      if (Object.is(next, current)) return;
      current = next;
      batch(() => {
        for (const reader of readers) waiting?.add(reader);
      });
    },
    peek: () => current,
  };
}

/** Of what changes meanwhile, everybody is told once, at the end. */
export function batch(work: () => void): void {
  if (waiting !== undefined) return work();
  const mine = (waiting = new Set());
  try {
    work();
  } finally {
    waiting = undefined;
    for (const reader of mine) reader.wake();
  }
}

/** Do it now, and again whenever a signal that it read has changed. Returns what ends it. */
export function effect(work: () => void): () => void {
  const reader: Reader = {
    followed: new Set(),
    wake() {
      leave(reader);
      const before = reading;
      reading = reader;
      try {
        work();
      } finally {
        reading = before;
      }
    },
  };
  reader.wake();
  return () => leave(reader);
}

/** A signal that lives as long as the component. */
export const useSignal = <Value>(initial: Value): Signal<Value> => useState(() => signal(initial))[0];

/** What Preact has for those who extend it, under the names that it keeps for them. */
interface Hooks {
  /** Before a vnode is compared with the one before. */
  __b?: (vnode: VNode) => void;
  /** Before a component is rendered. */
  __r?: (vnode: VNode) => void;
  diffed?: (vnode: VNode) => void;
  unmount?: (vnode: VNode) => void;
}

const hooks = options as Hooks;
const readers = new WeakMap<Component, Reader>();
const componentOf = (vnode: VNode): Component | undefined =>
  (vnode as { __c?: Component | null }).__c ?? undefined;

function hook(name: keyof Hooks, work: (vnode: VNode) => void): void {
  const before = hooks[name];
  hooks[name] = (vnode) => {
    work(vnode);
    before?.(vnode);
  };
}

hook('__r', (vnode) => {
  const component = componentOf(vnode);
  if (component === undefined) return;
  const reader = readers.get(component) ?? { followed: new Set(), wake: () => component.setState({}) };
  readers.set(component, reader);
  leave(reader);
  reading = reader;
});
// What comes after the rendering itself (the children, the DOM) is no part of it.
hook('__b', () => (reading = undefined));
hook('diffed', () => (reading = undefined));
hook('unmount', (vnode) => {
  const component = componentOf(vnode);
  const reader = component && readers.get(component);
  if (reader !== undefined) leave(reader);
});
