/** The one way to the studio: typed calls, errors as `ApiError`, live events. */
export { sendOnLeaving } from './http'
export { ApiError, apiError, isOffline, isSignedOut, sentenceOf } from './errors'
export * as upcoming from './upcoming'
export * as sdk from './generated/sdk.gen'
export type {
  Action,
  ActivityOut,
  ApiKeyOut,
  AssetRef,
  BalanceOut,
  CacheStateOut,
  CreditsOut,
  EngineStateOut,
  EnhanceOut,
  EntryOut,
  FabulaAccountsSchemasSessionOut as AccountSessionOut,
  JobErrorOut,
  JobIn,
  JobOut,
  JobProgressData,
  JobTypeOut,
  LibraryAssetOut,
  LimitsOut,
  MeOut,
  ModelConfigOut,
  NegativeOut,
  NewApiKeyOut,
  NewPersonOut,
  NoteOut,
  PermissionOut,
  ProgressOut,
  QuotaOut,
  RangeOut,
  ReadyOut,
  StudioLiveEvent,
  TwoFactorSetupOut,
  UploadOut,
  UsageOut,
  WorkspaceAssetOut,
  WorkspaceOut,
} from './generated/types.gen'
export type { IdentityOut, ProviderOut } from './upcoming'
