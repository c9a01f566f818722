import { Anchor, Group, List, NativeSelect, Stack, Text, Title } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useRead } from "../../api/use-read.js";
import { useListQuery } from "../../list/use-list-query.js";
import { Answer } from "../../parts/answer.js";
import { Facts } from "../../parts/facts.js";
import { Panel } from "../../parts/panel.js";
import { type TextKey, useLanguage, useText } from "../../text/text.js";

type Preview = AnswerOf<"listPreviews">["items"][number];

/** What people get to read, about somebody invented: nothing is sent, and no link in it opens anything. */
export function Previews() {
  const { text, code } = useLanguage();
  const { values, change } = useListQuery();
  const reader = values.language === "en" || values.language === "es" ? values.language : code;
  const reading = useRead<AnswerOf<"listPreviews">>("/admin/previews", { query: { language: reader } });
  return (
    <Stack>
      <Title order={1}>{text("nav.previews")}</Title>
      <Text>{text("previews.lead")}</Text>
      <Answer reading={reading}>
        {({ items, shop_pages: pages }) => {
          const chosen = items.find(({ name }) => name === values.of) ?? items[0];
          return (
            <>
              <Group align="end">
                <NativeSelect
                  label={text("previews.which")}
                  className="preview-choice"
                  value={chosen?.name}
                  data={(["mail", "page"] as const).map((kind) => ({
                    group: text(`previews.${kind}s`),
                    items: items
                      .filter((one) => one.kind === kind)
                      .map((one) => ({ value: one.name, label: labelOf(one, text) })),
                  }))}
                  onChange={({ currentTarget: { value } }) => change({ of: value })}
                />
                <NativeSelect
                  label={text("previews.language")}
                  value={reader}
                  data={[
                    { value: "en", label: "English" },
                    { value: "es", label: "Español" },
                  ]}
                  onChange={({ currentTarget: { value } }) => change({ language: value })}
                />
              </Group>
              {chosen !== undefined && <One of={chosen} language={reader} />}
              <Panel title={text("previews.shop")}>
                <Text>{text("previews.shop_lead")}</Text>
                <List>
                  {pages.map((page) => (
                    <List.Item key={page}>
                      <Anchor href={page} target="_blank" rel="noreferrer" underline="always">
                        {page}
                      </Anchor>
                    </List.Item>
                  ))}
                </List>
              </Panel>
            </>
          );
        }}
      </Answer>
    </Stack>
  );
}

/** A mail by its subject, which is in the reader's language; a page by its own name. */
const labelOf = ({ kind, name, subject }: Preview, text: ReturnType<typeof useText>): string =>
  kind === "page" ? text(`previews.page_${name}` as TextKey) : `${name}: ${subject}`;

function One({ of: one, language }: { readonly of: Preview; readonly language: string }) {
  const text = useText();
  const label = labelOf(one, text);
  return (
    <Panel title={one.subject ?? label}>
      {one.to !== null && (
        <Facts
          of={[
            [text("previews.to"), one.to],
            ...(one.attachments.length === 0
              ? []
              : [[text("previews.attachments"), one.attachments.join(", ")] as const]),
          ]}
        />
      )}
      {one.document !== null && (
        <iframe
          className="preview-frame"
          title={text("previews.document", { name: label })}
          src={one.document}
          sandbox=""
        />
      )}
      {one.text !== null && (
        <>
          <Title order={3} size="h5">
            {text("previews.text")}
          </Title>
          <div className="preview-text" lang={language}>
            {one.text}
          </div>
        </>
      )}
    </Panel>
  );
}
