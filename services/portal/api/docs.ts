import type { RequestHandler } from 'express';
import type { Methods } from '../http';
import { docsPage, docsStyle } from './docs-page';
import { openApiDocument } from './openapi';

/** Nothing but its own style: the page works without a network, and runs no script. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const CACHE_CONTROL = 'no-cache';

/** The description of the API, for people and for programs. */
export function docsRoutes(): Record<string, Methods> {
  const document = openApiDocument();
  return {
    '/api/docs': { get: [fixed('text/html', docsPage(document))] },
    '/api/docs/style.css': { get: [fixed('text/css', docsStyle)] },
    '/api/openapi.json': { get: [fixed('application/json', JSON.stringify(document))] },
  };
}

function fixed(mediaType: string, text: string): RequestHandler {
  return (_request, response) => {
    response
      .set('Content-Security-Policy', CONTENT_SECURITY_POLICY)
      .set('Cache-Control', CACHE_CONTROL)
      .type(mediaType)
      .send(text);
  };
}
