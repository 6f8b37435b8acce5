import { defineService, type System } from 'troupe';
import type { Bank } from '../contracts.ts';
import { takeTime } from './work.ts';

export async function startBank(system: System): Promise<void> {
  const bank = defineService<Bank>({
    async check(card) {
      await takeTime(card === 'slow' ? 'slowBank' : 'bank');
      return { accepted: card !== 'declined' };
    },
  });
  await system.serve('bank', bank, { input: { name: 'bank' } });
}
