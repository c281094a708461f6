import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import * as text from '../text/index.ts';
import { roleHint, roleText } from '../text/role-text.ts';

const words = text.users;

/** A field of a form with one or more roles. */
export function RolesField<Role extends string>({
  offered,
  value,
  onChange,
  hint,
  error,
}: {
  offered: readonly Role[];
  value: readonly Role[];
  onChange: (roles: Role[]) => void;
  hint?: string;
  error?: string | undefined;
}) {
  const optionOf = (role: Role) => ({ value: role, label: roleText(role) });
  return (
    <FormField label={words.roles} constraintText={hint} errorText={error}>
      <Multiselect
        placeholder={words.chooseRoles}
        selectedOptions={value.map(optionOf)}
        options={offered.map((role) => ({ ...optionOf(role), description: roleHint(role) ?? '' }))}
        deselectAriaLabel={({ label = '' }) => words.removeRole(label)}
        onChange={({ detail }) => {
          const chosen = new Set(detail.selectedOptions.map((option) => option.value));
          onChange(offered.filter((role) => chosen.has(role)));
        }}
      />
    </FormField>
  );
}
