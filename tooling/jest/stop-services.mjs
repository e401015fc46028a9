import { heldServices } from './held-services.mjs';

export default async function stopServices() {
  await Promise.all(heldServices.splice(0).map((services) => services.stop()));
}
