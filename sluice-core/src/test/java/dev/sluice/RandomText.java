package dev.sluice;

import java.util.Random;
import java.util.stream.Collectors;

/** Texts out of the pieces that rules look for, in an order that nobody would write, and of any characters at all. */
final class RandomText {
    private static final String[] PIECES = {
        "user",
        "for",
        "from",
        " ",
        " ",
        " ",
        "5",
        "aug",
        "thu",
        ",",
        ".",
        "..",
        "(",
        ")",
        "[",
        "]",
        "<",
        "<*>",
        ">",
        "'",
        "\"",
        "=",
        "null",
        "10.0.0.1",
        ":",
        "/",
        "a/b",
        "/x/y",
        "-",
        "->",
        "@",
        "foo@ab",
        "ms",
        "z",
        "may",
        "com.x.y",
        "c:\\",
        "http://",
        "*",
        "***",
        "`",
        "\u001b[31m",
        "\u001b",
        "|",
        "\u00e9",
        "\ud83e",
        "\ud83e\udd80",
        "\u0130",
        "\u00df",
        "\n",
        "\t",
        "\u00a0",
        "GET",
        "x=1",
        "deadbeef",
        "ab:cd",
        "fe80::1",
        "{",
        "}",
        ";",
        "!",
        "?",
        "word",
        "password",
        "failures",
        "authentication",
        "by",
        "e",
        "f0",
        "::",
        "%",
        "true",
        "+",
        "~",
        "~/",
        "./",
        "#",
        "_",
        "\\",
        "a.b",
        "a.b:5",
        "localhost",
        "host",
        "on",
        "token",
        "id",
        "sec",
        "utc",
        "\udd80",
        "\u2003",
        "\u0000"
    };

    private RandomText() {}

    /** At least {@code length} characters. */
    static String of(Random random, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(random.nextInt(20) == 0 ? any(random) : PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** So many of the pieces. */
    static String pieces(Random random, int count) {
        return random.ints(count, 0, PIECES.length)
                .mapToObj(each -> PIECES[each])
                .collect(Collectors.joining());
    }

    private static String any(Random random) {
        return Character.toString(random.nextInt(Character.MAX_CODE_POINT + 1));
    }
}
