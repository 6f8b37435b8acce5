/** The types of a chart for `setup({ types })`; XState reads them at compile time only. */
export const typed = <Types>(): Types => ({}) as Types;
