import type { OpenApi } from './openapi';

type Json = Record<string, unknown>;

interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: unknown[];
  parameters?: { name: string; in: string; description: string; schema: Json }[];
  requestBody?: { content: Content };
  responses: Record<string, ResponseObject | { $ref: string }>;
}
interface ResponseObject {
  description: string;
  headers?: Json;
  content?: Content;
}
type Content = Record<string, { schema: Json }>;

/** An OpenAPI document as one HTML page without scripts; its style is `docsStyle`, at /api/docs/style.css. */
export function docsPage(document: OpenApi): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation: operation as unknown as OperationObject,
    })),
  );
  const section = (tag: string): string => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    const articles = own.map((one) => article(one.method, one.path, one.operation, document)).join('');
    return `<section><h2>${escaped(tag)}</h2>${articles}</section>`;
  };
  const { title, description, version } = document.info as {
    title: string;
    description: string;
    version: string;
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} API</title>
<link rel="stylesheet" href="/api/docs/style.css">
</head>
<body>
<header><h1>${escaped(title)} API <small>${escaped(version)}</small></h1>
<p>${escaped(description)}</p>
<p>For programs: <a href="/api/openapi.json">openapi.json</a>. Refusals are
<code>application/problem+json</code> (RFC 9457); rely on their <code>slug</code>.</p></header>
<main>${document.tags.map(({ name }) => section(String(name))).join('')}</main>
</body>
</html>
`;
}

function article(method: string, path: string, operation: OperationObject, document: OpenApi): string {
  const { operationId, summary, description, security, parameters, requestBody } = operation;
  const responses = Object.entries(operation.responses).map(
    ([status, response]) => [status, resolved(response, document) as unknown as ResponseObject] as const,
  );
  return `<details id="${escaped(operationId)}"><summary><span class="method ${method.toLowerCase()}">${method}</span>
<code>${escaped(path)}</code> <span>${escaped(summary)}</span></summary>
${description ? `<p>${escaped(description)}</p>` : ''}
${security ? '<p>For customers who are logged in: the token in the header Authorization, or the session cookie.</p>' : ''}
${parameters ? `<h3>Parameters</h3>${table(['Name', 'In', 'Meaning', 'Form'], parameters.map(parameterRow))}` : ''}
${requestBody ? `<h3>Request</h3>${contentBlocks(requestBody.content, document)}` : ''}
<h3>Answers</h3>${table(
    ['Status', 'Meaning', 'Headers'],
    responses.map(([status, { description, headers = {} }]) => [
      escaped(status),
      marked(description),
      Object.keys(headers).map(escaped).join('<br>'),
    ]),
  )}
${responses.map(([, { content = {} }]) => contentBlocks(withoutProblems(content), document)).join('')}
</details>`;
}

type ParameterObject = NonNullable<OperationObject['parameters']>[number];
const parameterRow = ({ name, in: place, description, schema }: ParameterObject): string[] => [
  `<code>${escaped(name)}</code>`,
  escaped(place),
  escaped(description),
  `<code>${escaped(JSON.stringify(schema))}</code>`,
];

const withoutProblems = ({ 'application/problem+json': _problem, ...rest }: Content): Content => rest;

function contentBlocks(content: Content, document: OpenApi): string {
  return Object.entries(content)
    .map(([mediaType, { schema }]) => {
      const shown = JSON.stringify(resolved(schema, document), null, 2);
      return `<p class="media">${escaped(mediaType)}</p><pre>${escaped(shown)}</pre>`;
    })
    .join('');
}

/** A part of the document with its references followed: `#/components/<kind>/<name>`. */
function resolved(part: object, document: OpenApi): Json {
  return JSON.parse(
    JSON.stringify(part, (_key, value: unknown) => {
      const { $ref } = (value ?? {}) as { $ref?: string };
      if ($ref === undefined) return value;
      const [kind = '', name = ''] = $ref.split('/').slice(-2);
      return (document.components as unknown as Record<string, Json>)[kind]?.[name];
    }),
  ) as Json;
}

function table(heads: string[], rows: string[][]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** Text in which `code` is marked and an empty line begins a new one. */
function marked(text: string): string {
  return escaped(text)
    .replace(/`([^`]*)`/g, '<code>$1</code>')
    .replaceAll('\n\n', '<br>');
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}

export const docsStyle = `:root { color-scheme: light dark; --line: #8884; --get: #0a7d4f; --post: #8a4b00; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 small { font-size: 1rem; opacity: .7; }
h2 { margin-top: 2rem; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; }
summary:focus-visible, a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.method { display: inline-block; min-width: 3.5rem; text-align: center; border-radius: .25rem; color: #fff; font-weight: 600; }
.method.get { background: var(--get); }
.method.post { background: var(--post); }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
pre { border: 1px solid var(--line); border-radius: .25rem; padding: .5rem; overflow: auto; }
.media { margin: .5rem 0 0; opacity: .8; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
`;
