/**
 * The code of the CloudFront function that serves `index.html` for the paths of the console's pages, whose router reads the path. Files
 * are served as they are. This replaces error responses of the distribution, which would also replace the API's.
 *
 * @param rootFiles the names of the files in the root of the console
 */
export function pageFallback(rootFiles: readonly string[]): string {
  const paths = Object.fromEntries(rootFiles.map((name) => [`/${name}`, true]));
  return `const files = ${JSON.stringify(paths)};
function handler(event) {
  const request = event.request;
  if (!Object.hasOwn(files, request.uri)) request.uri = '/index.html';
  return request;
}
`;
}
