// Renders Kustomize folders, and holds manifests against Kubernetes' and KEDA's own schemas.
//   node manifests.mjs render DIR     prints the manifests as a JSON array
//   node manifests.mjs check FILE     FILE is such an array; prints a line per problem, and ends with 1 when there is any
// A schema's validator passes over fields it does not know, so that every manifest is also written down as a literal of its type:
// TypeScript's compiler refuses a literal with a field too many.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, 'node_modules');
// The packaged program is one for the commonest machine; elsewhere it must be on the path.
const packagedKustomize = join(packages, '@install-binary', 'kustomize-linux-x64', 'kustomize-linux-x64');
const kustomize = existsSync(packagedKustomize) ? packagedKustomize : 'kustomize';

const [verb, target] = process.argv.slice(2);
if (verb === 'render' && target) console.log(JSON.stringify(render(target)));
else if (verb === 'check' && target) process.exitCode = await check(JSON.parse(readFileSync(target, 'utf8')));
else {
  console.error('manifests.mjs render DIR | check FILE');
  process.exitCode = 2;
}

function render(folder) {
  const yaml = execFileSync(kustomize, ['build', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return parseAllDocuments(yaml, { uniqueKeys: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    const manifest = document.toJS();
    // Kustomize breaks long secrets into lines, which Kubernetes passes over and the schema's pattern does not.
    for (const key of Object.keys((manifest.kind === 'Secret' && manifest.data) || {})) manifest.data[key] = manifest.data[key].replaceAll('\n', '');
    return manifest;
  });
}

async function check(manifests) {
  const problems = [];
  const known = [];
  for (const manifest of manifests) {
    const Model = await modelOf(manifest);
    if (!Model) {
      problems.push(`${nameOf(manifest)}: there is no schema for ${manifest.apiVersion} ${manifest.kind}`);
      continue;
    }
    known.push(manifest);
    problems.push(...schemaProblems(Model, manifest));
  }
  problems.push(...typeProblems(known));
  for (const problem of problems) console.log(problem);
  return problems.length > 0 ? 1 : 0;
}

function nameOf({ kind, metadata }) {
  return `${kind}/${metadata?.name}`;
}

// The module that holds a kind: the core group has no name, the others are folders.
function moduleOf({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  if (group.endsWith('keda.sh')) return `@kubernetes-models/keda/${group}/${version}/${kind}`;
  return ['kubernetes-models', group, version, kind].filter(Boolean).join('/');
}

async function modelOf(manifest) {
  try {
    return (await import(moduleOf(manifest)))[manifest.kind];
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
    throw error;
  }
}

function schemaProblems(Model, manifest) {
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [`${nameOf(manifest)}: ${error.message.replaceAll('\n', '; ')}`];
  }
}

function typeProblems(manifests) {
  // Below this folder, so that imports find its packages.
  const folder = mkdtempSync(join(packages, '.check-'));
  try {
    const files = manifests.map((manifest, index) => {
      const file = join(folder, `m${index}.ts`);
      const literal = JSON.stringify(manifest, null, 2);
      writeFileSync(file, `import type { I${manifest.kind} } from '${moduleOf(manifest)}';\nexport const manifest: I${manifest.kind} = ${literal};\n`);
      return file;
    });
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022', '--pretty', 'false', '--types', ''];
    const compiled = spawnSync(join(packages, '.bin', 'tsc'), [...options, ...files], { encoding: 'utf8', cwd: here });
    if (compiled.error) throw compiled.error;
    const lines = compiled.stdout.split('\n').filter((line) => line.includes('error TS'));
    if (compiled.status !== 0 && lines.length === 0) throw new Error(`tsc ended with ${compiled.status}: ${compiled.stdout}${compiled.stderr}`);
    return lines.map((line) => line.replace(/^.*m(\d+)\.ts\((\d+),\d+\): error (TS\d+: .*)$/, (_, index, at, text) => `${nameOf(manifests[index])} (line ${at - 1} of its JSON): ${text}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
