import '@/ui/forms.css'
import '@/ui/overlays.css'
import { Button, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, sentenceOf, type UpscaleIn, type UpscalingOut } from '@/api'
import { keys } from '@/api/keys'
import { PanelError, RowsSkeleton } from '@/features/account/Panel'
import { useBalance } from '@/features/account/queries'
import { newKey } from '@/features/jobs/actions'
import { storeJob } from '@/features/jobs/cache'
import { useKeys } from '@/keys/useKeys'
import { escapeCloses } from '@/ui/escape'
import { Choice } from '@/ui/Fields'
import { count } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { useAsked, type SmallPicture } from './asking'
import { fits, modelOption } from './sizes'
import classes from './UpscaleSheet.module.css'

/** How much larger a picture is to be, and by which model. */
export default function UpscaleSheet({ onClose }: { onClose: () => void }) {
  useKeys({ close: onClose }, { modal: true })
  const picture = useAsked()
  const limits = useQuery({ queryKey: keys.upscaling, queryFn: () => sdk.showUpscaling() })
  return (
    <Modal
      opened
      onClose={onClose}
      {...escapeCloses(onClose)}
      size="md"
      centered
      title="Upscale"
      closeButtonProps={{ size: 44, 'aria-label': 'Close' }}
    >
      {limits.isError ? (
        <PanelError
          what="What can be upscaled here"
          error={limits.error}
          onRetry={() => void limits.refetch()}
        />
      ) : !limits.data || !picture ? (
        <RowsSkeleton rows={3} />
      ) : limits.data.available ? (
        <UpscaleForm picture={picture} limits={limits.data} onClose={onClose} />
      ) : (
        <Missing limits={limits.data} />
      )}
    </Modal>
  )
}

/** Why nothing can be upscaled here, and what would change that. */
function Missing({ limits }: { limits: UpscalingOut }) {
  return (
    <div className={classes.sheet}>
      <p>Upscaling needs a model that is not on this machine yet.</p>
      <p className={classes.hint}>{limits.reason}</p>
      <p className={classes.hint}>{limits.remedy}</p>
    </div>
  )
}

interface FormProps {
  picture: SmallPicture
  limits: UpscalingOut
  onClose: () => void
}

function UpscaleForm({ picture, limits, onClose }: FormProps) {
  const client = useQueryClient()
  const possible = limits.factors.filter((factor) => fits(picture, factor, limits))
  const [factor, setFactor] = useState(possible[0] ?? 0)
  const [model, setModel] = useState(limits.models[0] ?? '')
  const [idempotencyKey] = useState(newKey)
  const paid = useBalance() !== null
  const upscale = useMutation({
    mutationFn: (body: UpscaleIn) =>
      sdk.upscalePicture({ body, headers: { 'idempotency-key': idempotencyKey } }),
    onSuccess: (job) => {
      storeJob(client, job)
      void client.invalidateQueries({ queryKey: keys.queuedJobs })
      showToast({ text: 'Upscaling: see the workspace', lasts: 2500, id: 'accepted' })
      onClose()
    },
  })
  if (factor === 0) {
    return (
      <div className={classes.sheet}>
        <p>
          This picture has {picture.width} × {picture.height} pixels, and is as large as it gets
          here.
        </p>
      </div>
    )
  }
  const width = picture.width * factor
  const height = picture.height * factor
  return (
    <form
      className={classes.sheet}
      onSubmit={(event) => {
        event.preventDefault()
        upscale.mutate({ asset_id: picture.id, factor: factor as UpscaleIn['factor'], model })
      }}
    >
      <div className={classes.picture}>
        <img src={picture.thumbnailUrl} alt="" />
        <p>
          {picture.width} × {picture.height}
          <span className={classes.arrow} aria-hidden>
            →
          </span>
          <strong>
            {width} × {height}
          </strong>
        </p>
      </div>
      <Choice
        label="Size"
        value={factor}
        onChange={setFactor}
        options={limits.factors.map((each) => ({
          value: each,
          label: `${each} ×`,
          name: `${each} times`,
          sub: possible.includes(each) ? undefined : 'too large',
          disabled: !possible.includes(each),
        }))}
      />
      <Choice
        label="Model"
        value={model}
        onChange={setModel}
        options={limits.models.map(modelOption)}
      />
      {upscale.isError ? (
        <p className={classes.error} role="alert">
          {sentenceOf(upscale.error)}
        </p>
      ) : null}
      <div className={classes.actions}>
        <Button type="submit" loading={upscale.isPending}>
          Upscale
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Leave it
        </Button>
        {paid ? <span className={classes.hint}>{count(limits.credits, 'credit')}</span> : null}
      </div>
    </form>
  )
}
