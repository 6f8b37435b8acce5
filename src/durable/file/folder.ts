import { checkName } from '../../message/address.ts';

/** The folder of a system within that of a store. Names that differ only in case are different folders everywhere. */
export const folderOf = (system: string): string =>
  checkName(system, 'system').replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`);
