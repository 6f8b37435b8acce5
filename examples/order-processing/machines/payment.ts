import { participant } from './participant.ts';

/** Takes the money when it is wanted, and gives it back when the goods are not there: nobody has to tell it to. */
export const payment = participant('payment-desk', ['payment.requested', 'inventory.rejected']);
