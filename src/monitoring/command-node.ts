/** What nodes are called by which a command of the command line joins a system. */
export const COMMAND = 'cli';

/** Is that such a node, by its name? It has nothing to look at, and is gone with the command. */
export const isCommandNode = (node: string): boolean => /^cli-[a-z0-9]{8}$/.test(node);
