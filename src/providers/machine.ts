import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

let known: string | null = null;

/**
 * What tells this machine from its neighbours: its name, and where the system has one its id, because names such as
 * `localhost` are common. https://www.freedesktop.org/software/systemd/man/latest/machine-id.html asks to keep the id
 * private: only a hash of what this returns may be stored or shown.
 */
export function thisMachine(): string {
  known ??= `${hostname()} ${machineId()}`;
  return known;
}

/** Empty where the system has none, or does not let it be read. */
function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'latin1').trim();
  } catch {
    return '';
  }
}
