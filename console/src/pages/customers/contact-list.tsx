import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { MAX_CONTACTS } from '../../../../domain/customer.ts';
import * as text from '../../text/index.ts';
import { ContactFields } from './contact-fields.tsx';
import { type ContactDraft, emptyContact } from './customer-draft.ts';

const words = text.customers;

/** The further contacts of a customer. */
export function ContactList({
  contacts,
  messages,
  onChange,
}: {
  contacts: readonly ContactDraft[];
  messages: Readonly<Partial<Record<string, string>>>;
  onChange: (contacts: readonly ContactDraft[]) => void;
}) {
  return (
    <ExpandableSection
      headerText={`${words.contacts} (${contacts.length})`}
      defaultExpanded={contacts.length > 0}
      headingTagOverride="h3"
    >
      <SpaceBetween size="m">
        {contacts.map((contact, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a contact has no other identity than its place.
          <fieldset key={index} className="plain-fieldset" aria-label={words.contactNumber(index + 1)}>
            <SpaceBetween size="xs">
              <ContactFields
                value={contact}
                pointer={`/contacts/${index}`}
                messages={messages}
                onChange={(changed) => onChange(contacts.with(index, changed))}
              />
              <Button
                formAction="none"
                ariaLabel={words.removeContact(index + 1)}
                iconName="remove"
                variant="inline-link"
                onClick={() => onChange(contacts.toSpliced(index, 1))}
              >
                {words.removeContact(index + 1)}
              </Button>
            </SpaceBetween>
          </fieldset>
        ))}
        <Button
          formAction="none"
          iconName="add-plus"
          disabled={contacts.length >= MAX_CONTACTS}
          onClick={() => onChange([...contacts, emptyContact])}
        >
          {words.addContact}
        </Button>
      </SpaceBetween>
    </ExpandableSection>
  );
}
