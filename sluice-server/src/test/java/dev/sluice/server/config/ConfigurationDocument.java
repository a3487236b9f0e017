package dev.sluice.server.config;

import dev.sluice.server.config.Entry.Form;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import java.util.LinkedHashSet;
import java.util.Set;

/** Writes the documentation of the configuration out of the table that the reader checks against. */
final class ConfigurationDocument {
    private static final String BEGINNING = """
            # Configuration

            Sluice needs none: `./sluice serve` keeps its state in SQLite below `./data`, listens on `127.0.0.1:8420`, and has one flow, `errors`, whose
            messages go to the console's inbox. To say more, write a `sluice.yaml` (YAML 1.2) beside it, or name a file with `--config` or `SLUICE_CONFIG`.

            `./sluice check` reads everything and prints what it understood, or all mistakes at once, each with file, line, name, and what to write instead.
            The server does not start with a mistake. Unknown names are mistakes, and so are variables `SLUICE_...` that stand for nothing.

            ## Who wins

            An option of the command line goes before a variable `SLUICE_...` of the environment, that before `NOTIFICATION_...` (below), that before the file, and that
            before the default. `./sluice check` shows each value that is not a default, and the file and line, the variable or the option that it came from.

            | to set | option | environment | file |
            |---|---|---|---|
            | where to listen | `--http 127.0.0.1:8420`, `--http 8420` | `SLUICE_HTTP`, or `SLUICE_HTTP_HOST` and `SLUICE_HTTP_PORT` | `http: {host: 127.0.0.1, port: 8420}` |
            | where to keep state | `--data DIR` for `sqlite:DIR/sluice.db` | `SLUICE_STORE` | `store: sqlite:./data/sluice.db`, `store: postgresql://gate@db/sluice` ([stores.md](stores.md)) |
            | anything else | | `SLUICE_` and the path | the path |

            **Environment.** Every value has a variable: `SLUICE_`, then its path in capitals with `_` for dots and dashes. `flows.errors.allow` is
            `SLUICE_FLOWS_ERRORS_ALLOW`, `channels.ops-mail.password` is `SLUICE_CHANNELS_OPS_MAIL_PASSWORD`. Lists are separated by commas; a map is written as
            in YAML, `SLUICE_CHANNELS='{pager: {type: webhook, url: "https://example.org/hook"}}'`, and replaces the whole map at its path. The variable of an
            inner value then changes what an outer one brought. An empty variable counts as not set. Flows and channels must be named in the file, or by
            `SLUICE_FLOWS` and `SLUICE_CHANNELS`, before a variable can change them; the entries of `variants` have no variables of their own.
            What Kubernetes and Docker bring in for a service or container named `sluice` (`SLUICE_SERVICE_HOST`, `SLUICE_PORT=tcp://...`) is passed over; where
            a service's name makes such a variable the name of a value, as `sluice-http` does, set `enableServiceLinks: false`.

            **`NOTIFICATION_...`.** Four variables that older notifiers read change the flow `errors`, and no other:

            | variable | takes | default | what it sets |
            |---|---|---|---|
            | `NOTIFICATION_RATE_LIMIT_PER_HOUR` | 1 to 1000000 | 5 | how many go out in one window |
            | `NOTIFICATION_COOLDOWN_MINUTES` | 1 to 52560000 | 60 | how long a window is: together `allow: LIMIT per COOLDOWNm` |
            | `NOTIFICATION_AGGREGATE_THRESHOLD` | 1 to 1000000 | 3 | `summary-at`; 1, or more than the limit, makes no summary, and a warning says so: the digest tells what was held |
            | `NOTIFICATION_RATE_LIMITING_ENABLED` | true, false, 1, 0, yes, no, on, off | true | false: nothing is held, and what would have been is counted (`limiting: off`) |

            One that is set wins over the file; what is not set stays as the file says. Where `SLUICE_FLOWS_ERRORS_...` says something else about the same value, both are
            named and the server does not start; where it says the same, nothing is wrong. Anything else than a whole number in the range, written without blanks, is a
            mistake that names the variable, an empty one too. So is any of the four where no flow is named `errors`: it would limit nothing, and nobody would know.
            Variants keep what the file gives them. Only in the flow that is there without a file, a variant `backfill` follows: a fifth of the limit, at least 1, in windows of
            the same length. Above 64 the flow counts its passes at once, as under `claims: off`: a delivery that fails for good does not give its place back.

            **Inside values** of the file, `${NAME}` stands for the variable NAME; one that is not set is a mistake. `$${` stands for the characters `${`.

            **Secrets**: passwords, secrets, headers, and addresses of webhooks but for scheme and host, are never printed, not even in mistakes. Of a store only scheme,
            user, hosts and path are; its password may stand in the URL, percent-encoded, or as it is in `redis.password` and `sql.password`.

            **Relative paths** start at the working directory, those of `text-file` and `html-file` beside the file of the configuration.

            ## How values are written

            | what | how |
            |---|---|
            | length of time | `250ms`, `30s`, `10m`, `3h`, `7d`, and sums such as `1h30m` |
            | size | `512B`, `64KiB`, `1MiB`, or bytes without a unit |
            | allowance | `5 per 1h`, `once per 3h`, `once until reset`, `exclusive`; nothing (`0 per 1h`) and no time (`once per 0s`) are mistakes |
            | name of a flow, variant or channel | 1 to 64 of `a-z 0-9 . _ -`, beginning with a letter or digit |

            A value that holds `: `, ends in `:`, or begins with `*`, `!`, `@`, `%` or a quote must stand in quotes, as always in YAML.

            ## The flow `errors`, and what makes a subject

            Where no `flows` are configured, there is this one:

            ```yaml
            flows:
            """;

    private static final String MIDDLE = """
            ```

            An occurrence with `processor: NBACScheduleProcessor`, `error_type: TypeError`, `message: Some Error` gets the subject
            `nbacscheduleprocessor/typeerror/some error`:

            - The parts are the `fields` in their order, then the fingerprint. Each is trimmed (white space at both ends) and turned to lower case; white space
              inside the fields stays as it is.
            - The fingerprint is the first `chars` characters of the text **as it came**, trimmed afterwards. So two messages that agree in their first 100
              characters always share a subject, and blanks before a longer message move what counts. A character is a Unicode code point; none is ever split.
            - A missing or blank `processor` is `unknown`, a missing `error_type` is `error`, everything else that is missing is empty. If all of it is empty, the
              subject is `\\e`.
            - Between parts stands `/`. Inside them `/` is `\\/`, `\\` is `\\\\`, line feed, carriage return and tab are `\\n`, `\\r` and `\\t`, other invisible
              characters are `\\u` and four hexadecimal digits, and a leading `~` of the subject is `\\~`: different parts never make the same subject.
            - Over 200 bytes of UTF-8 the subject is `sha256-` and a hash of this text; the text is kept beside it and shown.
            - What varies inside the fingerprint, such as numbers, dates, ids, addresses, paths and quoted names, is replaced by `<*>`, after the cut: the same
              error about another order is the same subject. [fingerprint.md](fingerprint.md) says what is replaced and how to preview it;
              `fingerprint: {field: message, chars: 100, normalise: off}` switches it off.

            `subject: {hash: [user, items]}` makes a hash over the values as they are, neither trimmed nor in lower case. Without `subject`, callers name it.

            Values are the `fields` of an occurrence and, where `fields` does not have them, its `title`, `message` and `severity`; what is not text counts as
            its JSON text (`true`, `5`). The conditions of variants look at the same values.
            """;

    private static final String EXAMPLE = """

            ## An example

            This is [sluice.example.yaml](sluice.example.yaml).

            ```yaml
            """;

    private static final String OPTIONS = """
            ```

            ## All options
            """;

    private static final String END = """

            ---
            The tables are made from the table that the server itself checks against, and a test fails when this page differs. To make it anew:
            `./mvnw test -pl sluice-server -am -Dtest=ConfigurationDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.docs=write`
            """;

    private final StringBuilder text = new StringBuilder();

    /** The whole page, around the example. */
    String page(String example) {
        Set<Table> tables = new LinkedHashSet<>();
        collect(Options.ROOT, tables);
        text.append(BEGINNING).append(ConfigReader.STANDARD_FLOWS.indent(2)).append(MIDDLE);
        text.append(EXAMPLE).append(example).append(OPTIONS);
        tables.forEach(this::write);
        return text.append(END).toString();
    }

    private void collect(Table table, Set<Table> tables) {
        tables.add(table);
        for (Entry entry : table.entries()) {
            if (entry instanceof Part part) {
                part.tables().forEach(each -> collect(each, tables));
            }
        }
    }

    private void write(Table table) {
        text.append("\n### ").append(table.path().isEmpty() ? "The top of the file" : "`" + table.path() + "`");
        text.append("\n\n").append(table.intro()).append("\n\n");
        text.append("| name | what it takes | default | what it is |\n|---|---|---|---|\n");
        table.entries().forEach(this::row);
    }

    private void row(Entry entry) {
        if (entry instanceof Option<?> option) {
            String standard = option.standard().isEmpty() ? option.note() : "`" + option.standard() + "`";
            String secret = option.kind().secret() ? ", never shown" : "";
            row(
                    option.name(),
                    option.kind().noun() + secret,
                    option.isRequired() ? "**required**" : standard,
                    option.description());
        } else if (entry instanceof Part part) {
            String form = part.form() == Form.ONE
                    ? "a map"
                    : part.form() == Form.NAMED ? "a map of names to maps" : "a list of maps";
            row(part.name(), form + ", see below", "", part.description());
        }
    }

    private void row(String name, String takes, String standard, String description) {
        text.append("| `").append(name).append("` | ").append(takes);
        text.append(" | ").append(standard).append(" | ").append(description).append(" |\n");
    }
}
