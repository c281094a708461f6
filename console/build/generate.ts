import { generateApi } from './generate-api.ts';

// npm run generate --workspace console: writes console/generated/, which editors and the type check need.

await generateApi();
