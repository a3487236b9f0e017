package dev.sluice.server.mailbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.jobs.Run;

/** What a webhook is told of a message. */
final class MailJson {
    private static final JsonMapper JSON = new JsonMapper();

    private MailJson() {}

    static byte[] of(String job, Run run, Mail mail) {
        ObjectNode body = JSON.createObjectNode();
        body.put("job", job);
        body.put("subject", run.subject());
        body.put("job_id", run.id());
        body.put("fence", run.fence());
        body.set("message", message(mail));
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers can always be written", e);
        }
    }

    private static ObjectNode message(Mail mail) {
        ObjectNode message = JSON.createObjectNode();
        message.put("id", mail.id());
        message.put("uid", mail.uid());
        message.put("from", mail.head().from());
        ArrayNode to = message.putArray("to");
        mail.head().to().forEach(to::add);
        message.put("subject", mail.head().subject());
        message.put("date", mail.head().date().map(Object::toString).orElse(null));
        message.put("size", mail.head().size());
        message.put("text", mail.body().text());
        message.put("text_type", mail.body().type());
        message.put("cut", mail.body().cut());
        ArrayNode attachments = message.putArray("attachments");
        mail.body()
                .attachments()
                .forEach(
                        each -> attachments.addObject().put("name", each.name()).put("size", each.size()));
        mail.body().unreadable().ifPresent(why -> message.put("unreadable", why));
        return message;
    }
}
