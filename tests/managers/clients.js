// Reads a key with each vendor's own client, unchanged: clients.js SITE.
import assert from 'node:assert';
import doppler from '@dopplerhq/node-sdk';
import { InfisicalSDK } from '@infisical/sdk';

const site = process.argv[2];
const { DOPPLER_TOKEN, INFISICAL_CLIENT_ID, INFISICAL_CLIENT_SECRET } = process.env;
const key = 'the-key-in-the-manager';

const sdk = new (doppler.DopplerSDK ?? doppler.default ?? doppler)({ accessToken: DOPPLER_TOKEN });
sdk.setBaseUrl(site);
const secret = await sdk.secrets.get('crm', 'prd', 'OPERATE_API_KEY');
assert.equal(secret.value.computed, key);
await assert.rejects(sdk.secrets.get('crm', 'prd', 'NO_SUCH_SECRET'));
console.log('ok: Doppler reads it');

const client = new InfisicalSDK({ siteUrl: site });
await assert.rejects(client.auth().universalAuth.login({ clientId: INFISICAL_CLIENT_ID, clientSecret: 'wrong' }));
await client.auth().universalAuth.login({ clientId: INFISICAL_CLIENT_ID, clientSecret: INFISICAL_CLIENT_SECRET });
const read = await client.secrets().getSecret({
  environment: 'prod', projectId: 'p-0042', secretName: 'OPERATE_API_KEY', secretPath: '/',
});
assert.equal(read.secretValue, key);
await assert.rejects(client.secrets().getSecret({ environment: 'prod', projectId: 'p-0042', secretName: 'NO_SUCH_SECRET' }));
console.log('ok: Infisical reads it');
