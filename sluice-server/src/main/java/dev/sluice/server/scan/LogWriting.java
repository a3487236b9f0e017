package dev.sluice.server.scan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.Key;
import dev.sluice.outbox.WriteBack;
import dev.sluice.server.config.NamedStatement;
import dev.sluice.server.config.WriteBackConfig;
import dev.sluice.server.config.WriteBackParameters;
import dev.sluice.sql.UserWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Keeps a table of the user's filled with what becomes of messages. Safe for use by many threads. */
final class LogWriting implements WriteBack {
    private static final JsonMapper JSON = new JsonMapper();

    /** What a column of a log can be expected to hold. */
    private static final int LONGEST_REASON = 200;

    private final Map<WriteBackConfig.On, NamedStatement> statements;
    private final UserWriter database;
    private final Function<Key, String> text;

    /** @param text the subject of a key in full */
    LogWriting(WriteBackConfig config, UserWriter database, Function<Key, String> text) {
        this.statements = config.statements();
        this.database = database;
        this.text = text;
    }

    @Override
    public void write(Fact fact) throws JsonProcessingException {
        Optional<NamedStatement> statement = Optional.ofNullable(statements.get(on(fact)));
        if (statement.isPresent()) {
            Map<String, String> values = values(fact);
            List<Optional<String>> parameters = statement.get().parameters().stream()
                    .map(name -> Optional.ofNullable(values.get(name)))
                    .toList();
            database.write(statement.get().sql(), parameters);
        }
    }

    private static WriteBackConfig.On on(Fact fact) {
        return switch (fact.state()) {
            case PREPARED, PENDING -> WriteBackConfig.On.CLAIMED;
            case DELIVERED -> WriteBackConfig.On.SENT;
            case ASSUMED, DEAD, WITHDRAWN -> WriteBackConfig.On.FAILED;
        };
    }

    /** Columns of the candidate, and over them what is known of its message. */
    private Map<String, String> values(Fact fact) throws JsonProcessingException {
        Map<String, String> values = new HashMap<>();
        for (Map.Entry<String, JsonNode> each :
                JSON.readTree(fact.message().content().data()).properties()) {
            if (each.getValue().isValueNode() && !each.getValue().isNull()) {
                values.put(each.getKey(), each.getValue().asText());
            }
        }
        Key key = fact.message().key();
        String subject = text.apply(key);
        values.put(WriteBackParameters.KEY, key.text());
        values.put(WriteBackParameters.SUBJECT, subject);
        values.put(WriteBackParameters.CONTENT, Candidate.content(subject));
        values.put(WriteBackParameters.MESSAGE_ID, Long.toString(fact.message().id()));
        values.put(WriteBackParameters.STATE, fact.state().word());
        values.put(WriteBackParameters.REASON, shortened(fact.reason()));
        values.put(WriteBackParameters.AT, Long.toString(fact.at().getEpochSecond()));
        long claimedAt = fact.message().window().decidedAt().getEpochSecond();
        values.put(WriteBackParameters.CLAIMED_AT, Long.toString(claimedAt));
        return values;
    }

    private static String shortened(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON);
    }
}
