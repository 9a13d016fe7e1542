import { type Artifact, findArtifact, makeArtifacts, type Served } from './artifacts.ts'

/** Made when somebody asks for the first time; most daemons are never asked. */
export const createArtifactShelf = (root: string): ((name: string) => Served | undefined) => {
  let made: Artifact[] | undefined
  return (name) => {
    made ??= makeArtifacts(root)
    return findArtifact(made, name)
  }
}
