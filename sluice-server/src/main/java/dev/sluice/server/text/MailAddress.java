package dev.sluice.server.text;

import jakarta.mail.internet.InternetAddress;
import java.io.UnsupportedEncodingException;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A mailbox that may stand in an SMTP command. Stricter than the RFC on purpose: no quoted local parts, no comments, no
 * address literals, and a local part of ASCII; what is left cannot smuggle a command or a header.
 *
 * @param name as people see it; may be empty
 * @param address {@code local@domain}, the domain in ASCII
 */
public record MailAddress(String name, String address) {
    private static final int MOST_NAME = 100;
    private static final int MOST_RAW = 500;
    private static final int MOST_ADDRESS = 254;
    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern LOCAL = Pattern.compile(ATOM + "(?:\\." + ATOM + ")*");
    private static final Pattern DOMAIN = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    /** No control character, and nothing that could be part of another address; nor what readers would decode. */
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\u0085\\u2028\\u2029@<>,;:\"\\\\]*");

    private static final int MOST_LOCAL = 64;

    /**
     * Reads {@code local@domain} or {@code Name <local@domain>}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static MailAddress parse(String raw) {
        String text = raw.strip();
        int open = text.indexOf('<');
        if (text.length() > MOST_RAW || (open >= 0 && !text.endsWith(">"))) {
            throw notOne(raw);
        }
        String name = open < 0 ? "" : unquoted(text.substring(0, open).strip());
        String address = open < 0 ? text : text.substring(open + 1, text.length() - 1);
        if (!NAME.matcher(name).matches() || name.contains("=?")) {
            throw notOne(raw);
        }
        return new MailAddress(SafeText.line(name, MOST_NAME), checked(address, raw));
    }

    /**
     * The address alone, in lower case, whatever name stands before it and however its domain is written; empty if it is
     * none. Hardly a server tells local parts apart by their case. Sub-addresses ({@code ann+x@}) and dots are left: only
     * the server of the receiver knows what they mean.
     */
    public static Optional<String> mailbox(String raw) {
        try {
            return Optional.of(parse(raw).address.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What follows the last {@code @}. */
    public String domain() {
        return address.substring(address.lastIndexOf('@') + 1);
    }

    /** As it stands in a mail. */
    public InternetAddress toHeader() {
        try {
            InternetAddress header = new InternetAddress();
            header.setAddress(address);
            if (!name.isEmpty()) {
                header.setPersonal(name, StandardCharsets.UTF_8.name());
            }
            return header;
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException("every Java has UTF-8", e);
        }
    }

    private static String checked(String address, String raw) {
        int at = address.lastIndexOf('@');
        if (at < 1 || at > MOST_LOCAL) {
            throw notOne(raw);
        }
        String local = address.substring(0, at);
        String domain = ascii(address.substring(at + 1), raw);
        String whole = local + '@' + domain;
        if (whole.length() > MOST_ADDRESS
                || !LOCAL.matcher(local).matches()
                || !DOMAIN.matcher(domain).matches()) {
            throw notOne(raw);
        }
        return whole;
    }

    private static String ascii(String domain, String raw) {
        try {
            return IDN.toASCII(domain);
        } catch (IllegalArgumentException e) {
            throw notOne(raw);
        }
    }

    private static String unquoted(String name) {
        boolean quoted = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"");
        return quoted ? name.substring(1, name.length() - 1) : name;
    }

    private static IllegalArgumentException notOne(String raw) {
        return new IllegalArgumentException("'" + SafeText.line(raw, MOST_NAME) + "' is not a mail address");
    }
}
