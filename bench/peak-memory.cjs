// Loaded by --require: writes the process's peak memory in MiB to the file named by BENCH_PEAK_FILE when it ends.
// VmHWM and not getrusage(): that one also remembers the parent's size at the fork.
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  let kib = process.resourceUsage().maxRSS;
  try {
    kib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]);
  } catch {
    // Not Linux.
  }
  writeFileSync(process.env.BENCH_PEAK_FILE, String(kib / 1024));
});
