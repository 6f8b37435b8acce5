import { useSignal } from '../signal.ts';

/** Copies a text; says so for a moment. */
export const CopyButton = ({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) => {
  const said = useSignal('');
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => (said.value = 'Copied'),
      () => (said.value = 'Not allowed to copy'),
    );
    setTimeout(() => (said.value = ''), 1_500);
  };
  return (
    <button type="button" onClick={copy}>
      {said.value === '' ? label : said.value}
    </button>
  );
};

/** Hands the reader a file; nothing, when it could not be made. */
export function save(name: string, text: Promise<string>, type: string): void {
  text.then(
    (made) => download(name, made, type),
    () => undefined,
  );
}

function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
