package dev.sluice.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** All paths of the server, and which route a request takes. Immutable. */
final class Routes {
    private final List<Entry> entries;

    Routes(Collection<Route> routes) {
        entries = routes.stream().map(Entry::new).toList();
    }

    /** A route and the values of its parts in braces, decoded. */
    record Match(Route route, List<String> values) {}

    /**
     * The route of a request.
     *
     * @param rawPath as it was sent, not decoded
     * @throws Refusal if there is no such path, or not with this method
     */
    Match find(String method, String rawPath) {
        List<String> parts = split(rawPath);
        String asked = method.equals("HEAD") ? "GET" : method;
        for (Entry entry : entries) {
            if (entry.fits(parts) && entry.route.method().equals(asked)) {
                return new Match(entry.route, entry.values(parts));
            }
        }
        Set<String> methods = methods(rawPath);
        if (methods.isEmpty()) {
            throw new Refusal(
                    Problem.Kind.NOT_FOUND, "there is nothing at this path; /openapi.yaml lists what there is");
        }
        throw new Refusal(
                Problem.Kind.METHOD, method + " is not possible here; this path takes " + String.join(", ", methods));
    }

    /** The methods that a path takes; empty if there is no such path. */
    Set<String> methods(String rawPath) {
        List<String> parts = split(rawPath);
        Set<String> methods = new TreeSet<>();
        for (Entry entry : entries) {
            if (entry.fits(parts)) {
                methods.add(entry.route.method());
            }
        }
        return methods;
    }

    static List<String> split(String path) {
        List<String> parts = new ArrayList<>(6);
        int start = 1;
        for (int slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', start)) {
            parts.add(path.substring(start, slash));
            start = slash + 1;
        }
        parts.add(path.substring(Math.min(start, path.length())));
        return parts;
    }

    /** Undoes percent sequences; a plus stays one. */
    static String decode(String part) {
        if (part.indexOf('%') < 0) {
            return part;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes(part)).toString();
        } catch (CharacterCodingException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new Refusal(Problem.Kind.INVALID, "the path holds a broken percent sequence");
        }
    }

    private static ByteBuffer bytes(String part) {
        ByteBuffer bytes = ByteBuffer.allocate(part.length() * 3);
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '%') {
                bytes.put((byte) HexFormat.fromHexDigits(part, i + 1, i + 3));
                i += 2;
            } else {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.flip();
    }

    private static final class Entry {
        private final Route route;
        private final List<String> parts;

        Entry(Route route) {
            this.route = route;
            this.parts = route.parts();
        }

        boolean fits(List<String> asked) {
            if (asked.size() != parts.size()) {
                return false;
            }
            for (int i = 0; i < parts.size(); i++) {
                boolean same = isValue(parts.get(i))
                        ? !asked.get(i).isEmpty()
                        : parts.get(i).equals(asked.get(i));
                if (!same) {
                    return false;
                }
            }
            return true;
        }

        List<String> values(List<String> asked) {
            List<String> values = new ArrayList<>(2);
            for (int i = 0; i < parts.size(); i++) {
                if (isValue(parts.get(i))) {
                    values.add(decode(asked.get(i)));
                }
            }
            return values;
        }

        private static boolean isValue(String part) {
            return part.startsWith("{");
        }
    }
}
