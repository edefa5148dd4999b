import './models/cached-input.spec.ts';
import './models/models.spec.ts';
import './prices/import-export.spec.ts';
import './prices/in-force.spec.ts';
import './prices/price-book.spec.ts';
import './prices/prices.spec.ts';
import './repricing/reprice.spec.ts';
