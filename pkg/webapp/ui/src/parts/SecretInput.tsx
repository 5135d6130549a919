// A field for a password, which can be shown.

interface Props {
  name?: string;
  value: string;
  shown: boolean;
  readOnly?: boolean;
  disabled?: boolean;
  /** For password managers: a new one, or none of theirs. */
  fresh?: boolean;
  onInput: (value: string) => void;
}

export function SecretInput({ name, value, shown, readOnly = false, disabled = false, fresh = false, onInput }: Props) {
  const common = {
    value, readOnly, disabled, spellcheck: false, autocomplete: fresh ? 'new-password' : 'off',
    onInput: (e: { currentTarget: HTMLInputElement }) => onInput(e.currentTarget.value),
    ...(name === undefined ? {} : { name }),
  };
  return shown ? <input type="text" {...common} /> : <input type="password" {...common} />;
}
