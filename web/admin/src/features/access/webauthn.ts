// What the browser's passkeys take and give, as the server speaks of them.
import type { Schemas } from '@api';

/** Whether this browser, at this address, knows passkeys at all. */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';
}

/** Let the person choose a passkey and sign with it; throws where she does not. */
export async function signed(options: Schemas['RequestOptions']): Promise<Schemas['SignedCredential']> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  const found = await navigator.credentials.get({ publicKey });
  return (found as PublicKeyCredential).toJSON() as Schemas['SignedCredential'];
}

/** Let the device make a passkey; throws where the person does not want it. */
export async function made(options: Schemas['CreationOptions']): Promise<Schemas['NewCredential']> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  const found = await navigator.credentials.create({ publicKey });
  return (found as PublicKeyCredential).toJSON() as Schemas['NewCredential'];
}
