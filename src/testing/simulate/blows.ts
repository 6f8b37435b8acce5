import { asked } from '../explore/asked.ts';
import type { Sent } from '../model/view.ts';
import { forgeries } from './corruption.ts';
import type { Occasion } from './occasion.ts';
import type { Player } from './player.ts';
import type { Run } from './run.ts';
import { MS, power } from './time.ts';

/** What befalls actors and the network, and how it ends. */
export class Blows {
  readonly #run: Run;
  readonly #mortal: readonly string[];
  readonly #cuts: readonly (readonly string[])[];

  constructor(run: Run) {
    const { mortal, cuts, actors } = run.system;
    const names = Object.keys(actors);
    this.#run = run;
    this.#mortal = mortal ?? names;
    this.#cuts = cuts ?? names.map((name) => [name]);
  }

  /** Does one fall before whatever is next? @param quiet nothing is about to happen */
  fall(quiet: boolean): boolean {
    const { perils } = this.#run;
    if (!perils.hitOthers) return false;
    switch (perils.blow(quiet)) {
      case 'none':
        return false;
      case 'crash':
        return this.#crash();
      case 'partition':
        return this.#split();
      case 'forge':
        return this.#forge();
    }
  }

  /** An actor comes back, or the network becomes whole. */
  end(what: Extract<Occasion, { readonly kind: 'restart' | 'heal' }>): void {
    const run = this.#run;
    if (!run.perils.may(what.kind)) return;
    if (what.kind === 'restart') return this.#restart(what.player);
    if (run.stage.partition === undefined) return;
    run.perils.spend('heal');
    run.stage.partition = undefined;
    run.befall({ kind: 'heal' });
    run.mail.resume();
  }

  #crash(): boolean {
    const run = this.#run;
    const alive = this.#mortal.filter((name) => run.playerOf(name)?.participant.alive === true);
    const player = run.playerOf(alive[this.#pick('victim', alive.length)] ?? '');
    if (player === undefined) return false;
    run.perils.spend('crash');
    player.die(player.role.crash(player.participant));
    run.befall({ kind: 'crash', actor: player.name });
    if (run.perils.may('restart')) run.schedule(this.#afterOutage(), { kind: 'restart', player });
    return true;
  }

  #restart(player: Player): void {
    if (player.participant.alive) return;
    const run = this.#run;
    run.perils.spend('restart');
    run.react({ kind: 'restart', actor: player.name }, player, player.role.restart(player.participant));
    run.mail.resume();
  }

  #split(): boolean {
    const run = this.#run;
    const side = this.#cuts[this.#pick('cut', this.#cuts.length)];
    if (side === undefined || run.stage.partition !== undefined) return false;
    run.perils.spend('partition');
    run.stage.partition = side;
    run.befall({ kind: 'partition', side });
    if (run.perils.may('heal')) run.schedule(this.#afterOutage(), { kind: 'heal' });
    return true;
  }

  #forge(): boolean {
    const run = this.#run;
    const forge = run.system.byzantine?.forge ?? forgeries;
    const known = asked('byzantine.forge', () => forge(run.stage)).filter(({ to }) => run.stage.knows(to));
    const sent: Sent | undefined = known[this.#pick('forgery', known.length)];
    if (sent === undefined) return false;
    run.perils.spend('forge');
    run.mail.add(sent);
    run.befall({ kind: 'forge', sent });
    return true;
  }

  #pick(what: string, count: number): number {
    const { dice } = this.#run;
    return count === 0 ? 0 : dice.pick(dice.lane(what), count);
  }

  #afterOutage(): number {
    const { dice, now, plan } = this.#run;
    return now + Math.round(plan.outage * MS * power(dice, dice.lane('outage')));
  }
}
