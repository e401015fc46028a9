import { RejectedRequest } from '../requests/rejected-request.js';

/** The text of the part `file` of a `multipart/form-data` body. @throws RejectedRequest when there is none */
export function readMultipartFile(contentType: string | undefined, body: string): string {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType ?? '')?.[1];
  if (boundary === undefined) throw new RejectedRequest(400, 'The body is no multipart/form-data.');
  const parts = body.split(`--${boundary}`);
  if (!parts.some((part) => /name="purpose"\r\n\r\nbatch\r\n/.test(part))) {
    throw new RejectedRequest(400, 'The purpose of the file must be "batch".');
  }
  const file = parts.find((part) => /^\r\nContent-Disposition: form-data; name="file"; filename="[^"]+"/i.test(part));
  const start = file?.indexOf('\r\n\r\n') ?? -1;
  if (file === undefined || start < 0) throw new RejectedRequest(400, 'The part "file" is missing.');
  return file.slice(start + '\r\n\r\n'.length, -'\r\n'.length);
}
