import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * The licences of the packages that are in a bundle, as their terms ask for.
 *
 * @param inputs the files of the bundle, relative to `root`
 */
export async function thirdPartyLicenses(inputs, root) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder) folders.add(folder);
  }
  const packages = await Promise.all(
    [...folders].sort().map((folder) => readLicense(path.join(root, folder))),
  );
  const sections = new Set(
    packages.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}\n`),
  );
  return `The command line of majordomo contains code of these packages.\n\n${[...sections].join(`\n${'-'.repeat(72)}\n\n`)}`;
}

async function readLicense(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).sort().find((entry) => /^licen[cs]e/i.test(entry));
  if (!file && !license) throw new Error(`${name} is bundled but says nothing of its licence`);
  return { name, version, license, text: file ? await readFile(path.join(folder, file), 'utf8') : '' };
}
