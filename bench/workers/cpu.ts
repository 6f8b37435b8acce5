/** CPU time of this process since it began, all threads, seconds. Unlike elapsed time it does not count what others take. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
