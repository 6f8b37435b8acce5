/** What the processes of this example say to each other besides what travels over NATS. */
export interface Start {
  readonly url: string;
  readonly system: string;
  /** At which of its points it ends; undefined: at none. */
  readonly cut: string | undefined;
}

export type FromVictim =
  | { readonly type: 'waiting' }
  | { readonly type: 'ready' }
  /** It is at a point; if that is its own, it ends now. */
  | { readonly type: 'point'; readonly point: string }
  /** A parcel is handed in at the post office. */
  | { readonly type: 'post'; readonly key: string; readonly order: string };

export type ToVictim =
  ({ readonly type: 'start' } & Start) | { readonly type: 'posted'; readonly key: string };
