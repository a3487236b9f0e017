package dev.sluice.server.dedupe;

import dev.sluice.server.takeover.ForeignDatabase;
import dev.sluice.server.takeover.Product;
import java.util.Optional;
import java.util.regex.Pattern;

/** The command that takes over what is left of a log, to be copied into a shell. */
final class ImportLine {
    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_.]*");

    private final ForeignDatabase database;
    private final LogSql sql;

    ImportLine(ForeignDatabase database, LogSql sql) {
        this.database = database;
        this.sql = sql;
    }

    /** Two lines, with {@code FLOW} and {@code ZONE} for what is not known here; no secrets. */
    String text() {
        LogTable log = sql.log();
        String user = Optional.ofNullable(database.login().getProperty("user"))
                .map(name -> " --user '" + name.replace("'", "'\\''") + "'")
                .orElse("");
        return "./sluice import --flow FLOW --jdbc '" + database.shown().replace("'", "'\\''") + "'" + user
                + " --zone ZONE"
                + log.sent().map(sent -> " --told sent --pending pending").orElse("") + " \\\n"
                + "  --query \"select " + subject() + " as subject, " + column(log.at()) + " as told_at"
                + log.sent()
                        .map(sent -> ", case when " + holds(sent) + " then 'sent' else 'pending' end as state")
                        .orElse("")
                + " from " + name(log.table()) + " l"
                + log.mark()
                        .map(mark -> " where case when " + holds(mark) + " then 1 else 0 end = 0")
                        .orElse("")
                + "\"";
    }

    private String subject() {
        String by = column(sql.log().by());
        String content = column(sql.log().content());
        return sql.product() == Product.MARIADB
                ? "concat(" + by + ", '/', " + content + ")"
                : by + " || '/' || " + content;
    }

    private String holds(Setting setting) {
        return column(setting.column()) + " = '" + setting.value() + "'";
    }

    private String column(String name) {
        return "l." + name(name);
    }

    /** Quoted where it has to be, within the double quotes of a shell. */
    private String name(String name) {
        boolean plain = PLAIN.matcher(name).matches();
        return plain
                ? name
                : sql.quoted(name).replace("\"", "\\\"").replace("`", "\\`").replace("$", "\\$");
    }
}
