import { MediaTile } from '@/ui/MediaTile'
import { gridColumns } from './grouping'
import group from './JobGroup.module.css'

const LAYOUT = { columns: 3, width: 300, height: 225, total: 225 }

/** The shape of what is being read. */
export function WorkspaceSkeleton() {
  return (
    <div aria-busy aria-label="Reading the workspace">
      {[0, 1].map((at) => (
        <div key={at} className={group.group}>
          <div className={group.head}>
            <div className={group.words}>
              <div className={group.prompt}>&nbsp;</div>
              <div className={group.meta}>&nbsp;</div>
            </div>
          </div>
          <div className={group.cards} style={gridColumns(LAYOUT)}>
            {[0, 1, 2].map((card) => (
              <MediaTile key={card} width={4} height={3} alt="" waiting />
            ))}
          </div>
        </div>
      ))}
    </div>
  )
}
