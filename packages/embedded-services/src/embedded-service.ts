import type { DataDirLayout } from './data-dir/data-dir-layout.js';
import type { KeptService } from './kept-service.js';

export interface EmbeddedOptions {
  layout: DataDirLayout;
  durable: boolean;
  onProgress(message: string): void;
}

export interface EmbeddedService {
  url: string;
  service: KeptService;
}
