package dev.sluice.outbox;

import dev.sluice.Claim;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Reason;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The answers to requests that may be repeated: kept for {@link #KEPT} in the commit that they tell of. */
final class Requests {
    /** How long an answer is repeated; later the same id is a new occurrence. */
    static final Duration KEPT = Duration.ofHours(24);

    private static final String SEPARATOR = "\n";
    private static final int FIELDS = 10;
    private static final String WOULD = " would ";
    private static final String REFUSED = " budget ";

    private Requests() {}

    private record Stored(String bodyHash, String answer, long at) {}

    /** The answer that was given to this request before, or that its id came with another body; empty if it is new. */
    static Optional<Acceptance> repeated(UnitOfWork unit, Occurrence occurrence) throws SQLException {
        if (occurrence.request().isEmpty()) {
            return Optional.empty();
        }
        Occurrence.Request request = occurrence.request().get();
        Optional<Stored> found = Rows.find(
                unit,
                "select body_hash, answer, at from sluice_request where flow = ? and id = ?",
                row -> new Stored(row.getString("body_hash"), row.getString("answer"), row.getLong("at")),
                occurrence.key().flow(),
                request.id());
        if (found.isPresent() && found.get().at() <= unit.now() - Micros.of(KEPT)) {
            drop(unit, occurrence);
            return Optional.empty();
        }
        return found.map(stored -> stored.bodyHash().equals(request.bodyHash())
                ? decode(stored.answer())
                : new Acceptance.IdConflict(request.id()));
    }

    static void keep(UnitOfWork unit, Occurrence occurrence, Acceptance.Decided answer) throws SQLException {
        if (occurrence.request().isPresent()) {
            Occurrence.Request request = occurrence.request().get();
            Rows.update(
                    unit,
                    "insert into sluice_request (flow, id, body_hash, answer, at) values (?, ?, ?, ?, ?)",
                    occurrence.key().flow(),
                    request.id(),
                    request.bodyHash(),
                    encode(answer),
                    unit.now());
        }
    }

    /** The next call of the same id is a new one. */
    static void drop(UnitOfWork unit, Occurrence occurrence) throws SQLException {
        if (occurrence.request().isPresent()) {
            Rows.update(
                    unit,
                    "delete from sluice_request where flow = ? and id = ?",
                    occurrence.key().flow(),
                    occurrence.request().get().id());
        }
    }

    /** One field a line; the key is the last, because only a subject may hold a line break. */
    static String encode(Acceptance.Decided answer) {
        Acceptance.Counts counts = answer.counts();
        return String.join(
                SEPARATOR,
                answer.word(),
                answer.reason() + answer.detail().map(Requests::encode).orElse(""),
                Long.toString(counts.occurrences()),
                Integer.toString(counts.delivered()),
                Long.toString(counts.held()),
                answer.next().map(next -> Long.toString(Micros.of(next))).orElse(""),
                answer.claim().map(Claim::token).orElse(""),
                answer.claim()
                        .map(claim -> Long.toString(Micros.of(claim.until())))
                        .orElse(""),
                answer.message()
                        .map(message -> message.id() + " " + message.state())
                        .orElse(""),
                answer.key().text());
    }

    static Acceptance.Decided decode(String text) {
        String[] field = text.split(SEPARATOR, FIELDS);
        Acceptance.Counts counts =
                new Acceptance.Counts(Long.parseLong(field[2]), Integer.parseInt(field[3]), Long.parseLong(field[4]));
        String[] reason = field[1].split(" ", 3);
        return new Acceptance.Decided(
                field[0],
                reason[0],
                Key.parse(field[9]),
                counts,
                present(field[5]).map(micros -> Micros.instant(Long.parseLong(micros))),
                present(field[6]).map(token -> claim(token, Long.parseLong(field[7]))),
                present(field[8]).map(Requests::message),
                reason.length == 3 ? Optional.of(detail(reason[1], reason[2])) : Optional.empty());
    }

    private static String encode(Acceptance.Detail detail) {
        return detail instanceof Acceptance.Refused refused
                ? REFUSED + refused.budget().text().replaceAll("\\R", " ")
                : WOULD + ((Acceptance.Would) detail).reason().name();
    }

    private static Acceptance.Detail detail(String kind, String text) {
        return kind.equals(REFUSED.strip())
                ? new Acceptance.Refused(Key.parse(text))
                : new Acceptance.Would(Reason.valueOf(text));
    }

    private static Claim claim(String token, long until) {
        Claim claim = Claim.parse(token);
        return new Claim(claim.key(), claim.fence(), claim.nonce(), Micros.instant(until));
    }

    private static Acceptance.MessageRef message(String text) {
        int space = text.indexOf(' ');
        return new Acceptance.MessageRef(Long.parseLong(text.substring(0, space)), text.substring(space + 1));
    }

    private static Optional<String> present(String field) {
        return field.isEmpty() ? Optional.empty() : Optional.of(field);
    }
}
