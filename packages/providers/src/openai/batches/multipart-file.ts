import { randomUUID } from 'node:crypto';

/** A file and the fields beside it as `multipart/form-data` (RFC 7578), in one text, as the transport sends it. */
export function multipartFile(
  file: { name: string; type: string; text: string },
  fields: Record<string, string>,
): { contentType: string; body: string } {
  // Nobody else knows it, so no content can hold it.
  const boundary = `troupe-${randomUUID()}`;
  const disposition = 'Content-Disposition: form-data; name=';
  const parts = Object.entries(fields).map(([name, value]) => `${disposition}"${name}"\r\n\r\n${value}`);
  parts.push(`${disposition}"file"; filename="${file.name}"\r\nContent-Type: ${file.type}\r\n\r\n${file.text}`);
  const body = `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}
