// Loaded before a measured program (node --import): tells on descriptor 4 what the process has used when it ends.
import { existsSync, readFileSync, writeSync } from 'node:fs';

/**
 * Bytes of physical memory at the peak. On Linux not from getrusage: its figure is handed on over exec, so that a small
 * program started by a large one would seem large itself.
 */
function peakBytes() {
  const status = '/proc/self/status';
  const line = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8')) : null;
  return (line === null ? process.resourceUsage().maxRSS : Number(line[1])) * 1024;
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(4, JSON.stringify({ cpuMs: (user + system) / 1000, peakBytes: peakBytes() }));
});
