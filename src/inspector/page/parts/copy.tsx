import { useSignal } from '@preact/signals';

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

/** Hands the reader a file that the page has made. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
