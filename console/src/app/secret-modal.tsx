import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import * as text from '../text/index.ts';

/** Shows a secret the only time that the API returns it. */
export function SecretModal({
  secret,
  more = [],
  onClose,
}: {
  secret: string;
  more?: readonly KeyValuePairsProps.Pair[];
  onClose: () => void;
}) {
  const { title, once, copy, done } = text.forms.secret;
  return (
    <Modal
      visible
      header={title}
      // Only the button closes it: a click beside it would lose the secret.
      onDismiss={({ detail }) => detail.reason !== 'overlay' && onClose()}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            {done}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">{once}</Alert>
        <KeyValuePairs
          columns={1}
          items={[
            ...more,
            {
              label: title,
              value: (
                <CopyToClipboard
                  variant="inline"
                  textToCopy={secret}
                  copyButtonAriaLabel={copy}
                  copySuccessText={text.shell.copied}
                  copyErrorText={text.shell.copyFailed}
                />
              ),
            },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
