package dev.sluice.server.config;

import dev.sluice.server.config.Kind.WrongValue;
import dev.sluice.server.config.StoreUrl.Login;
import dev.sluice.server.config.StoreUrl.Scheme;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code SCHEME://[USER[:PASSWORD]@]HOST[:PORT][/PATH][?QUERY][#MASTER]}. What it says is wrong quotes nothing but
 * the scheme, because a password may stand anywhere.
 */
final class SharedUrl {
    private static final Pattern PARTS = Pattern.compile("([^/?#]*)(/[^?#]*)?(\\?[^#]*)?(#.*)?");
    private static final Pattern HOSTS =
            Pattern.compile("HOST(,HOST)*".replace("HOST", "([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?"));
    private static final Pattern LOGIN = Pattern.compile("([A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*");
    private static final Pattern DATABASE = Pattern.compile("/[^/\\s]+");
    private static final Pattern NUMBER = Pattern.compile("/?|/\\d{1,4}");

    private final Scheme scheme;
    private final Item item;

    private SharedUrl(Scheme scheme, Item item) {
        this.scheme = scheme;
        this.item = item;
    }

    /** @throws WrongValue if {@code text}, which begins as {@code scheme} does, is none */
    static StoreUrl.Shared read(Scheme scheme, String text, Item item) throws WrongValue {
        return new SharedUrl(scheme, item).read(text);
    }

    private StoreUrl.Shared read(String text) throws WrongValue {
        check(text.startsWith(scheme.prefix()), "does not begin with " + scheme.prefix());
        String behind = text.substring(scheme.prefix().length());
        int at = behind.lastIndexOf('@');
        Matcher parts = PARTS.matcher(behind.substring(at + 1));
        check(parts.matches() && HOSTS.matcher(parts.group(1)).matches(), "names no host");
        String path = part(parts, 2);
        String query = part(parts, 3);
        String master = part(parts, 4);
        checkHosts(parts.group(1));
        checkPath(path);
        check(!query.toLowerCase(Locale.ROOT).contains("password"), "has a password behind its '?'; " + advice());
        check(
                scheme.hasMaster() == master.length() > 1,
                scheme.hasMaster() ? noMaster() : "has something behind a '#'");
        return new StoreUrl.Shared(
                scheme, login(behind.substring(0, Math.max(0, at))), parts.group(1), path, Secret.of(query + master));
    }

    private static String part(Matcher parts, int group) {
        String part = parts.group(group);
        return part == null ? "" : part;
    }

    private void checkHosts(String hosts) throws WrongValue {
        boolean several = scheme.hasMaster() || scheme.isCluster();
        check(several || !hosts.contains(","), "names several hosts; write one");
    }

    private void checkPath(String path) throws WrongValue {
        if (scheme.isSql()) {
            check(
                    DATABASE.matcher(path).matches(),
                    "names no database; write " + scheme.prefix() + "HOST/DATABASE, which must exist already");
        } else {
            check(NUMBER.matcher(path).matches(), "has a path that is no number of a database; leave it out");
        }
    }

    private Login login(String text) throws WrongValue {
        check(LOGIN.matcher(text).matches(), "has a login with characters that a URL cannot hold; " + advice());
        int colon = text.indexOf(':');
        return colon < 0
                ? new Login(text, Secret.of(""))
                : new Login(text.substring(0, colon), Secret.of(text.substring(colon + 1)));
    }

    /** A login that was not written in the URL. */
    static Login encoded(String user, Secret password) {
        return new Login(encoded(user), Secret.of(encoded(password.reveal())));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String advice() {
        String section = scheme.isSql() ? "sql" : "redis";
        return "write it as '" + section + ".user' and '" + section + ".password'";
    }

    private String noMaster() {
        return "names no master; write its name at the end, as in " + scheme.prefix() + "HOST:26379#mymaster";
    }

    private void check(boolean holds, String otherwise) throws WrongValue {
        if (!holds) {
            throw new WrongValue(item, otherwise);
        }
    }
}
