import { bundleAll } from './bundle-all.ts';
import { sizeTable } from './functions/bundles.ts';

console.log(sizeTable(await bundleAll()));
