// Stands in the bundle for what cdktf packs assets with: a third of its code, run at every start. cdktf packs them in a
// process of its own, which it could not start from a bundle anyway: no stack may hold a TerraformAsset.
module.exports = () => {
  throw new Error('the bundle has no archiver: no stack may hold a TerraformAsset')
}
