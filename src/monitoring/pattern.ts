/** The longest pattern that is searched for, characters. */
export const PATTERN = 1_024;

/**
 * A substring, or a pattern in which `*` stands for anything. Takes as much time as the text is long: a regular expression with several stars
 * would try them all in every place.
 */
export function matcher(pattern: string): (text: string) => boolean {
  if (!pattern.includes('*')) return (text) => text.includes(pattern);
  const [first = '', ...rest] = pattern.split(/\*+/);
  const last = rest.pop() ?? '';
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** As `matcher`, for addresses: the pattern may leave out the node. */
export function addressMatcher(pattern: string): (address: string) => boolean {
  const matches = matcher(pattern);
  return (address) => {
    if (matches(address)) return true;
    const at = address.lastIndexOf('@');
    return at > 0 && matches(address.slice(0, at));
  };
}
