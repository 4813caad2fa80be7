import { Button } from '@mantine/core'
import { ApiError, sentenceOf, type TemplateDetailOut, type VersionOut } from '@/api'
import panel from '../panel.module.css'
import classes from './template.module.css'
import { usePublish } from './usePublish'

/** The newest version where it is not in use: how it comes into use. */
export function Publish({ template, latest }: { template: TemplateDetailOut; latest: VersionOut }) {
  const publish = usePublish(template)
  if (template.is_active && latest.number === template.version) return null
  return (
    <section className={classes.save} aria-label="Publish">
      <p className={classes.message}>
        <strong>Version {latest.number} is not in use.</strong> {latest.message}
      </p>
      <div className={panel.actions}>
        <Button
          loading={publish.isPending}
          onClick={() => publish.mutate({ number: latest.number })}
        >
          Publish version {latest.number}
        </Button>
      </div>
      <PublishProblem publish={publish} />
    </section>
  )
}

/** Why a version could not be put in use, and where another template is in the way, how it can. */
export function PublishProblem({ publish }: { publish: ReturnType<typeof usePublish> }) {
  const { error, variables } = publish
  if (!error) return null
  const rival = error instanceof ApiError && error.code === 'template_rival'
  return (
    <div className={panel.form}>
      <p className={panel.error} role="alert">
        {sentenceOf(error)}
      </p>
      {rival ? (
        <div className={panel.actions}>
          <Button
            color="red"
            variant="light"
            onClick={() => publish.mutate({ ...variables, replace: true })}
          >
            Publish in its place
          </Button>
          <Button variant="subtle" color="gray" onClick={() => publish.reset()}>
            Leave it
          </Button>
        </div>
      ) : null}
    </div>
  )
}
