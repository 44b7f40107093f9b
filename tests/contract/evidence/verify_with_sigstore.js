// Verifies an envelope with an own key: node verify_with_sigstore.js ENVELOPE KEY.pem
const crypto = require('crypto');
const fs = require('fs');
const { Verifier, toSignedEntity } = require('@sigstore/verify');
const { bundleFromJSON } = require('@sigstore/bundle');
const [envelopeFile, pemFile] = process.argv.slice(2);
const dsseEnvelope = JSON.parse(fs.readFileSync(envelopeFile));
const bundle = bundleFromJSON({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: { publicKey: { hint: dsseEnvelope.signatures[0].keyid } },
  dsseEnvelope,
});
const key = crypto.createPublicKey(fs.readFileSync(pemFile));
const trust = {
  certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [],
  publicKey: () => ({ publicKey: key, validFor: () => true }),
};
new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 })
  .verify(toSignedEntity(bundle));
console.log('verified');
