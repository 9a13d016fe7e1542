import { createTool } from './apt.ts'
import type { Tool } from './tool.ts'

/** nsenter and ip give a guest, which has no network, the two addresses that every EC2 machine can reach. */
export const engine: Tool<'engine'> = {
  ...createTool({
    title: 'podman',
    why: 'by the local target to run machines',
    // runc is what Debian's podman works with everywhere; another runtime will do, so it is not asked for.
    programs: ['podman', 'nsenter', 'ip'],
    packages: ['podman', 'runc', 'util-linux', 'iproute2'],
  }),
  name: 'engine',
  optional: true,
  facts: ({ path }) => ({ podman: path }),
}

/** The keyring is what mmdebstrap checks Debian's signature with; only Debian itself has it from the start. */
export const standIn: Tool<'standIn'> = {
  ...createTool({
    title: 'mmdebstrap',
    why: 'by the local target to make the base image of its machines',
    programs: ['mmdebstrap', 'rpmbuild', 'rpmsign', 'createrepo_c', 'gpg', 'flock'],
    packages: ['mmdebstrap', 'debian-archive-keyring', 'rpm', 'createrepo-c', 'gnupg', 'util-linux'],
  }),
  name: 'standIn',
  optional: true,
  facts: ({ path }) => ({ mmdebstrap: path }),
}
