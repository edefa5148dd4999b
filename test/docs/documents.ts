// The project's documents, and what can be read out of Markdown: code, links, tables.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot } from '../../src/config/environment.ts';

/** The project's root, for the sources and the compiled tests alike. */
export const root = projectRoot(import.meta.dirname);

export interface Document {
  /** Relative to the root, with slashes. */
  path: string;
  text: string;
}

export interface Fence {
  language: string;
  code: string;
}

export function readDocument(path: string): Document {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** README, CONTRIBUTING, CHANGELOG and all of docs/. */
export function readDocuments(): Document[] {
  const inRoot = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...inRoot, ...filesUnder('docs', '.md')].map(readDocument);
}

/** Files below a folder of the root whose names end so; relative to the root. */
export function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

export function fences(text: string): Fence[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** What stands between single backticks, fenced blocks left out. */
export function inlineCode(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The targets of links and pictures within the project, without their anchors. */
export function localLinks(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^\w+:/.test(target)).map((target) => target.split('#')[0] ?? '');
}

/** The rows of all tables whose first header cell says so, backticks taken off. */
export function tableRows(text: string, firstHeader: string): string[][] {
  const rows: string[][] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|')
      ? line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'))
      : [];
    if (cells.length === 0) isInside = false;
    else if (cells[0] === firstHeader) isInside = true;
    else if (isInside && !/^-+$/.test(cells[0] ?? '')) rows.push(cells);
  }
  return rows;
}
