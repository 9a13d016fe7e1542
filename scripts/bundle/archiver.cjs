// Stands in the bundle for what cdktf packs assets with: a third of its code, run at every start, and we have no assets.
module.exports = () => {
  throw new Error('the bundle has no archiver: no stack may hold a TerraformAsset of type ARCHIVE')
}
