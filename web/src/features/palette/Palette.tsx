export default function X({ onClose }: { onClose: () => void }) { return <button onClick={onClose}>x</button> }
