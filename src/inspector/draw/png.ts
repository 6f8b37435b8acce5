import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Resvg from '@resvg/resvg-wasm';
import { TroupeError } from '../../errors.ts';

export interface PngOptions {
  /** Pixels of the picture for each of the drawing. Default 2. */
  readonly scale?: number;
  /** Further fonts (TTF or OTF) for characters that JetBrains Mono does not have. */
  readonly fonts?: readonly Uint8Array[];
}

/** Font of the pictures: JetBrains Mono, SIL Open Font License 1.1. With it, and no font of the machine, pictures are the same everywhere. */
const FONTS = ['400Regular/JetBrainsMono_400Regular.ttf', '700Bold/JetBrainsMono_700Bold.ttf'];

interface Renderer {
  readonly resvg: typeof Resvg;
  readonly fonts: readonly Uint8Array[];
}

let loaded: Promise<Renderer> | undefined;

const load = async (): Promise<Renderer> => {
  try {
    const require = createRequire(import.meta.url);
    const resvg = await import('@resvg/resvg-wasm');
    const wasm = readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm'));
    const fonts = FONTS.map((name) => readFile(require.resolve(`@expo-google-fonts/jetbrains-mono/${name}`)));
    await resvg.initWasm(await wasm);
    return { resvg, fonts: await Promise.all(fonts) };
  } catch (cause) {
    loaded = undefined;
    throw new TroupeError(
      'NOT_INSTALLED',
      'Pictures as PNG need two optional packages that are not installed: npm install @resvg/resvg-wasm @expo-google-fonts/jetbrains-mono. (SVG needs none.)',
      { cause },
    );
  }
};

/** The largest side of a picture, in pixels: beyond it a picture takes more memory than it is worth. */
const MOST = 12_000;

const sideOf = (svg: string): number =>
  Math.max(
    ...['width', 'height'].map((name) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(svg)?.[1] ?? 0)),
  );

/**
 * An SVG of `toSvg` as PNG. Its theme has to be `light` or `dark`: the renderer knows no custom properties.
 * @throws TroupeError NOT_INSTALLED without the two optional packages
 */
export async function toPng(svg: string, { scale = 2, fonts = [] }: PngOptions = {}): Promise<Uint8Array> {
  const renderer = await (loaded ??= load());
  const zoom = Math.min(scale, MOST / Math.max(1, sideOf(svg)));
  const drawing = new renderer.resvg.Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      fontBuffers: [...renderer.fonts, ...fonts],
      defaultFontFamily: 'JetBrains Mono',
      monospaceFamily: 'JetBrains Mono',
      loadSystemFonts: false,
    },
  });
  try {
    return drawing.render().asPng();
  } finally {
    drawing.free();
  }
}
