/** The mark of the studio: a lamp. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <circle cx="16" cy="16" r="13" fill="var(--fb-accent)" opacity="0.18" />
      <circle cx="16" cy="16" r="8.5" fill="var(--fb-accent)" />
      <path
        d="M16 7.500a8.500 8.500 0 0 0 0 17c-2.800-2.300-4.300-5.100-4.300-8.500s1.500-6.200 4.300-8.500z"
        fill="#000"
        opacity="0.22"
      />
    </svg>
  )
}
