import { useEffect, useRef } from 'preact/hooks';
import { everywhere, inActor, inMessages, type Key } from './keys.ts';

const List = ({ title, keys }: { readonly title: string; readonly keys: readonly Key[] }) => (
  <>
    <h3>{title}</h3>
    <dl class="keys">
      {keys.map(({ keys: pressed, does }) => (
        <div key={pressed}>
          <dt>
            <kbd>{pressed}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </>
);

export const KeysDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label="Keys"
      onClose={onClose}
      onKeyDown={(event) => event.key === '?' && dialog.current?.close()}
    >
      <h2>Keys</h2>
      <List title="Everywhere" keys={everywhere} />
      <List title="Actor" keys={inActor} />
      <List title="Messages" keys={inMessages} />
      <p class="soft">In the search box: words, and kind:… state:… id:… node:…</p>
      <form method="dialog">
        <button>Close</button>
      </form>
    </dialog>
  );
};
