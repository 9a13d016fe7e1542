import { tag } from '../config/names.ts'

export interface Tag {
  readonly Key: string
  readonly Value: string
}

export interface ImageMark {
  readonly name: string
  readonly digest: string
  readonly build: string
}

/** Of an image that nobody has proved yet, and of its snapshots. */
export const planImageTags = ({ name, digest, build }: ImageMark): Tag[] => [
  { Key: 'Name', Value: name },
  { Key: tag.component, Value: 'image' },
  { Key: tag.imageDigest, Value: digest },
  { Key: tag.imageState, Value: 'unverified' },
  { Key: tag.build, Value: build },
]

/** Of our own copy of a base image, and of its snapshots. */
export const planBaseTags = (base: { readonly id: string; readonly name: string }): Tag[] => [
  { Key: 'Name', Value: base.name },
  { Key: tag.component, Value: 'base-image' },
  { Key: tag.baseOf, Value: base.id },
]
