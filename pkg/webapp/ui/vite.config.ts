import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** shell tells the service worker which files the application consists of, and
 * gives each build another cache. */
function shell(): Plugin {
  return {
    name: 'shell',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') throw new Error('the build has no sw.js');
      const digest = createHash('sha256');
      const files = ['./', 'manifest.webmanifest', 'icon.svg', 'icon-error.svg', 'icon-warning.svg'];
      for (const [name, file] of Object.entries(bundle)) {
        if (name === 'sw.js') continue;
        digest.update(name).update(file.type === 'chunk' ? file.code : file.source);
        if (name !== 'index.html') files.push(name);
      }
      const code = worker.code
        .replace(/["'`]__SHELL_FILES__["'`]/, JSON.stringify(files))
        .replace('__SHELL_VERSION__', digest.digest('hex').slice(0, 16));
      if (code.includes('__SHELL')) throw new Error('sw.js does not name the files to keep');
      worker.code = code;
    },
  };
}

export default defineConfig({
  // The same files work below any address, of a monitor or of a static host.
  base: './',
  plugins: [shell()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(import.meta.dirname, '../dist/app'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the policy allows no data: address
    reportCompressedSize: true,
    rolldownOptions: {
      input: { index: resolve(import.meta.dirname, 'index.html'), sw: resolve(import.meta.dirname, 'src/sw.ts') },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  test: { include: ['test/**/*.test.ts'], testTimeout: 20_000 },
} as Parameters<typeof defineConfig>[0]);
