/** What a run begins with: customers' balances in cents, and pieces on hand. */
export interface Opening {
  readonly balances: Readonly<Record<string, number>>;
  readonly onHand: Readonly<Record<string, number>>;
}

/** Money runs out for Mallory and Oscar, and saffron for everybody; a stranger has no money, an unknown article no pieces. */
export const opening: Opening = {
  balances: {
    alice: 900_000,
    bob: 900_000,
    carol: 900_000,
    dave: 900_000,
    erin: 900_000,
    frank: 900_000,
    grace: 900_000,
    heidi: 900_000,
    ivan: 900_000,
    judy: 900_000,
    mallory: 12_000,
    oscar: 9_000,
  },
  onHand: {
    tea: 1_000,
    coffee: 1_000,
    cocoa: 1_000,
    honey: 1_000,
    cups: 1_000,
    kettle: 300,
    saffron: 25,
  },
};

/** Cents for one piece. */
export const prices: Readonly<Record<keyof typeof opening.onHand, number>> = {
  tea: 450,
  coffee: 780,
  cocoa: 520,
  honey: 690,
  cups: 1_250,
  kettle: 4_900,
  saffron: 1_900,
};
