import { describe, expect, it } from 'vitest';
import { batch, effect, signal } from '../../src/inspector/page/signal.ts';

describe('a signal', () => {
  it('wakes those who read it, when it is another', () => {
    const number = signal(1);
    const seen: number[] = [];
    const stop = effect(() => void seen.push(number.value));
    number.value = 2;
    number.value = 2;
    stop();
    number.value = 3;
    expect(seen).toEqual([1, 2]);
  });

  it('is followed only while it is read', () => {
    const [isOn, number] = [signal(true), signal(1)];
    let [times, seen] = [0, 0];
    effect(() => {
      times += 1;
      seen = isOn.value ? number.value : number.peek();
    });
    isOn.value = false;
    number.value = 2;
    expect([times, seen]).toEqual([2, 1]);
  });

  it('tells once of what changes together', () => {
    const [a, b] = [signal(1), signal(1)];
    const seen: number[] = [];
    effect(() => void seen.push(a.value + b.value));
    batch(() => {
      a.value = 2;
      batch(() => (b.value = 2));
    });
    expect(seen).toEqual([2, 4]);
  });

  it('wakes also those that an effect has changed', () => {
    const [a, double] = [signal(1), signal(0)];
    const seen: number[] = [];
    effect(() => void (double.value = a.value * 2));
    effect(() => void seen.push(double.value));
    a.value = 3;
    expect(seen).toEqual([2, 6]);
  });
});
