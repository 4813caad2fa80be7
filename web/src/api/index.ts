/** The one way to the studio: typed calls, errors as `ApiError`, live events. */
export { sendOnLeaving } from './http'
export { ApiError, isOffline, isSignedOut, sentenceOf } from './errors'
export * as upcoming from './upcoming'
export * as sdk from './generated/sdk.gen'
export type {
  Action,
  ActivityOut,
  ApiKeyOut,
  AssetRef,
  CreditsOut,
  EngineStateOut,
  EnhanceOut,
  EntryOut,
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
  QuotaOut,
  RangeOut,
  StudioLiveEvent,
  TwoFactorSetupOut,
  UploadOut,
  UsageOut,
  WorkspaceAssetOut,
  WorkspaceOut,
} from './generated/types.gen'
export type { IdentityOut, ProviderOut } from './upcoming'
