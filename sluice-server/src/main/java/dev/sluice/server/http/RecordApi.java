package dev.sluice.server.http;

import dev.sluice.Key;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Outbox;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Shows messages and the ledger, and withdraws messages or offers them again. */
final class RecordApi {
    private static final int MOST_ROWS = 1_000;
    private static final int USUAL_ROWS = 100;
    private static final int MOST_BODY = 10_000;
    private static final List<String> STATES =
            Arrays.stream(MessageState.values()).map(MessageState::word).toList();

    private final Engine engine;

    RecordApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/messages", this::messages),
                new Route("GET", "/v1/messages/{id}", this::message),
                new Route("POST", "/v1/messages/{id}/withdraw", this::withdraw),
                new Route("POST", "/v1/messages/{id}/redrive", this::redrive),
                new Route("GET", "/v1/ledger", this::ledger));
    }

    private void messages(Exchange exchange) {
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("flow", "subject", "variant", "state", "before", "limit"), faults);
        Outbox.MessageFilter filter = filter(query, faults);
        int limit = limit(query);
        faults.check();
        exchange.blocking(
                () -> engine.messages(filter, limit),
                messages -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("messages");
                    for (MessageView message : messages) {
                        Answers.message(json, message);
                    }
                    json.writeEndArray();
                    if (messages.size() == limit) {
                        json.writeNumberField(
                                "next", messages.get(limit - 1).message().id());
                    }
                }));
    }

    private static Outbox.MessageFilter filter(Query query, Faults faults) {
        Optional<String> flow = query.text("flow");
        Optional<String> subject = query.text("subject");
        if (subject.isPresent() && flow.isEmpty()) {
            faults.add("subject", "needs the flow beside it");
        }
        boolean named = flow.isEmpty() || Key.isName(flow.get());
        if (!named) {
            faults.add("flow", "is not a name that a flow can have");
        }
        Optional<Key> key = flow.isEmpty() || !named
                ? Optional.empty()
                : subject.map(text -> Key.of(flow.get(), query.text("variant").orElse(""), text));
        Optional<MessageState> state = query.word("state", STATES).flatMap(Messages::state);
        return new Outbox.MessageFilter(flow, key, state, query.number("before", 1, Long.MAX_VALUE));
    }

    private static int limit(Query query) {
        return query.number("limit", 1, MOST_ROWS).map(Long::intValue).orElse(USUAL_ROWS);
    }

    private void message(Exchange exchange) {
        long id = id(exchange);
        exchange.blocking(() -> find(id), message -> exchange.json(200, json -> Answers.messageMembers(json, message)));
    }

    private static long id(Exchange exchange) {
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        faults.check();
        try {
            return Long.parseLong(exchange.value(0));
        } catch (NumberFormatException e) {
            throw new Refusal(Problem.Kind.NOT_FOUND, "there is no such message");
        }
    }

    private MessageView find(long id) {
        return Messages.find(engine, id)
                .orElseThrow(() -> new Refusal(Problem.Kind.NOT_FOUND, "there is no message " + id));
    }

    private void withdraw(Exchange exchange) {
        long id = id(exchange);
        exchange.body(
                MOST_BODY,
                body -> exchange.blocking(
                        () -> find(id),
                        message -> exchange.when(engine.withdraw(id, "api"), done -> {
                            if (done) {
                                exchange.json(200, json -> {
                                    json.writeNumberField("id", id);
                                    json.writeStringField("state", MessageState.WITHDRAWN.word());
                                });
                            } else {
                                exchange.blocking(() -> find(id), now -> exchange.refuse(notWithdrawn(now)));
                            }
                        })));
    }

    private static Problem notWithdrawn(MessageView message) {
        String why = switch (message.state()) {
            case PREPARED -> " is being stored right now; ask again in a moment";
            case PENDING -> " is being sent right now; ask again when the attempt has ended";
            default -> " is " + message.state().word() + " already";
        };
        return new Problem(Problem.Kind.TOO_LATE, "message " + message.message().id() + why);
    }

    private void redrive(Exchange exchange) {
        long id = id(exchange);
        exchange.body(
                MOST_BODY,
                body -> exchange.blocking(
                        () -> find(id),
                        message -> exchange.when(offeredAgain(id), answer -> {
                            if (answer.orElse(null) instanceof Acceptance.Decided decided) {
                                exchange.json(200, json -> Answers.decision(json, decided));
                            } else {
                                throw new Refusal(
                                        Problem.Kind.TOO_LATE, "message " + id + " is not dead, or it is a digest");
                            }
                        })));
    }

    /** The engine takes nothing for a flow or variant that is not configured. */
    private CompletionStage<Optional<Acceptance>> offeredAgain(long id) {
        return engine.redrive(id, "api").exceptionallyCompose(failure -> {
            boolean unknown = failure instanceof IllegalArgumentException
                    || failure.getCause() instanceof IllegalArgumentException;
            return CompletableFuture.failedStage(
                    unknown
                            ? new Refusal(
                                    Problem.Kind.TOO_LATE,
                                    "the flow or variant of message " + id + " is not in the configuration any more")
                            : failure);
        });
    }

    private void ledger(Exchange exchange) {
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("flow", "subject", "kind", "from", "to", "before", "limit"), faults);
        Outbox.LedgerFilter filter = new Outbox.LedgerFilter(
                query.text("flow"),
                query.text("subject"),
                query.word("kind", LedgerEntry.KINDS),
                query.time("from"),
                query.time("to"),
                query.number("before", 1, Long.MAX_VALUE));
        int limit = limit(query);
        faults.check();
        exchange.blocking(
                () -> engine.ledger(filter, limit),
                entries -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("entries");
                    for (LedgerEntry entry : entries) {
                        Answers.entry(json, entry);
                    }
                    json.writeEndArray();
                    if (entries.size() == limit) {
                        json.writeNumberField("next", entries.get(limit - 1).id());
                    }
                }));
    }
}
