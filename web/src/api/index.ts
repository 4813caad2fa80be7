/** The one way to the studio: typed calls, errors as `ApiError`, live events. */
export { sendOnLeaving } from './http'
export { ApiError, isForbidden, isOffline, isSignedOut, sentenceOf } from './errors'
export * as sdk from './generated/sdk.gen'
export type {
  ApiKeyOut,
  AssetRef,
  EngineDefaultOut,
  EngineOptionOut,
  EngineServerIn,
  EngineServerOut,
  EngineServerPatch,
  EngineStateOut,
  EnhanceOut,
  JobErrorOut,
  JobIn,
  JobOut,
  JobProgressData,
  JobTypeOut,
  LibraryAssetOut,
  LimitsOut,
  MeOut,
  NegativeOut,
  NewApiKeyOut,
  NoteOut,
  ProgressOut,
  RangeOut,
  StudioLiveEvent,
  UploadOut,
  WorkspaceAssetOut,
  WorkspaceOut,
} from './generated/types.gen'
