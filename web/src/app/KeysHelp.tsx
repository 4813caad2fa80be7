import '@/ui/overlays.css'
import '@mantine/core/styles/Kbd.css'
import { Kbd, Modal } from '@mantine/core'
import { useKeys } from '@/keys/useKeys'
import { isMac, KEYMAP, shownKeys, type KeyRow } from '@/keys/keymap'
import classes from './KeysHelp.module.css'

const GROUPS: KeyRow['group'][] = ['Everywhere', 'Making', 'Pictures', 'Viewer', 'Painting']

/** All keys, from the table that the page itself uses. */
export default function KeysHelp({ onClose }: { onClose: () => void }) {
  useKeys({ help: onClose, close: onClose }, { modal: true })
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnEscape={false}
      title="Keys"
      size="lg"
      radius={8}
      closeButtonProps={{ size: 44, 'aria-label': 'Close' }}
    >
      <div className={classes.groups}>
        {GROUPS.map((group) => (
          <section key={group} className={classes.group}>
            <h3 className={classes.title}>{group}</h3>
            {Object.values(KEYMAP)
              .filter((row) => row.group === group)
              .map((row) => (
                <div key={row.label} className={classes.row}>
                  <span>{row.label}</span>
                  <span className={classes.keys}>
                    {shownKeys(row.keys[0] ?? '', isMac()).map((key, at) => (
                      <Kbd key={`${key}-${at}`}>{key}</Kbd>
                    ))}
                  </span>
                </div>
              ))}
          </section>
        ))}
      </div>
    </Modal>
  )
}
