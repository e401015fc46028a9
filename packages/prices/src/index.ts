export { createPriceBook, type PriceBookOptions } from './create-price-book.js';
export { largestCost } from './largest-cost.js';
export type { OwnPrice, OwnPrices } from './own-prices.js';
export { readPricesFile } from './read-prices-file.js';
