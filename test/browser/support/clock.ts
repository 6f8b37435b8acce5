import type { Page } from 'playwright-core';

/**
 * Resolves with the time at which a selector first matches in the page, ms since the epoch: looked for before each frame, by the page's own clock,
 * which is that of this machine. `start` resolves when it looks.
 */
export async function watchFor(page: Page, selector: string): Promise<() => Promise<number>> {
  const name = `seen${String(Math.random()).slice(2)}`;
  await page.evaluate(`window.${name} = new Promise((resolve) => {
    const look = () => document.querySelector(${JSON.stringify(selector)})
      ? resolve(Date.now())
      : requestAnimationFrame(look);
    look();
  }); 0`);
  return async () => page.evaluate<number>(`window.${name}`);
}

/** Begin to write down tasks of the page that kept it busy for more than 50 ms, and what comes between two frames. */
export const watchBusy = async (page: Page): Promise<void> =>
  page.evaluate(`
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask' });
    0`);

/** ms, the longest first. */
export const busyTimes = async (page: Page): Promise<number[]> =>
  (await page.evaluate<number[]>('window.longTasks')).sort((a, b) => b - a);
