/** The version of the package, as in package.json: a constant, so that `--version` need not read a file. */
export const version = '0.1.0';
