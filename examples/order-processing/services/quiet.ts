import { consoleLogger, silentLogger, type Logger } from 'troupe';

/** Failures are what this example is about: warnings would only tear the display. Errors are still shown. */
export const quiet: Logger = {
  ...silentLogger,
  error: (message, fields) => consoleLogger.error(message, fields),
};
