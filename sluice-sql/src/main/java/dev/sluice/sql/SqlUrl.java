package dev.sluice.sql;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a shared database is, and who logs in: {@code DIALECT://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS}. Prints no
 * password; nor do its mistakes, which may stand anywhere in the text.
 */
final class SqlUrl {
    private final Dialect dialect;
    private final URI uri;

    private SqlUrl(Dialect dialect, URI uri) {
        this.dialect = dialect;
        this.uri = uri;
    }

    /** @throws IllegalArgumentException if {@code text} is none */
    static SqlUrl parse(String text) {
        Dialect dialect = dialect(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the URL of a database begins with sqlite:, postgresql:// or mariadb://"));
        try {
            URI uri = new URI(text);
            if (uri.getHost() == null || uri.getPath().length() < 2 || uri.getRawFragment() != null) {
                throw malformed(dialect);
            }
            return new SqlUrl(dialect, uri);
        } catch (URISyntaxException e) {
            // Without its cause, which quotes the whole text.
            throw malformed(dialect);
        }
    }

    private static Optional<Dialect> dialect(String text) {
        for (Dialect each : Dialect.values()) {
            if (each.isShared() && text.startsWith(each.word() + "://")) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private static IllegalArgumentException malformed(Dialect dialect) {
        return new IllegalArgumentException("the URL of the database is not of the form " + dialect.word()
                + "://USER:PASSWORD@HOST:PORT/DATABASE; encode special characters of user and password as %XX");
    }

    Dialect dialect() {
        return dialect;
    }

    String user() {
        return decoded(login()[0]);
    }

    String password() {
        String[] login = login();
        return login.length < 2 ? "" : decoded(login[1]);
    }

    private String[] login() {
        String login = uri.getRawUserInfo();
        return (login == null ? "" : login).split(":", 2);
    }

    String database() {
        return uri.getPath().substring(1);
    }

    /** What the driver is told under this name; empty if the URL says nothing of it. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters().get(name)).map(SqlUrl::decoded);
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        String query = uri.getRawQuery();
        for (String each : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            String[] parts = each.split("=", 2);
            parameters.put(decoded(parts[0]), parts.length < 2 ? "" : parts[1]);
        }
        return parameters;
    }

    /** For the driver, without the login; {@code defaults} hold where the URL says nothing else. */
    String jdbc(Map<String, String> defaults) {
        Map<String, String> parameters = new LinkedHashMap<>(defaults);
        parameters.putAll(parameters());
        String all = parameters.entrySet().stream()
                .map(each -> each.getKey() + '=' + each.getValue())
                .collect(Collectors.joining("&"));
        return "jdbc:" + dialect.word() + "://" + where() + (all.isEmpty() ? "" : "?" + all);
    }

    private String where() {
        return uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getRawPath();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** For people: no login, no parameters. */
    @Override
    public String toString() {
        return dialect.word().toLowerCase(Locale.ROOT) + "://" + where();
    }
}
