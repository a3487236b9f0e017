package dev.sluice.server.dedupe;

/** Why an entry is a duplicate. */
enum Why {
    /** It was sent less than a window after one that was sent, and stays. */
    SENT_AGAIN("sent again"),
    /** It was not sent, and lies less than a window before or after one that was. */
    UNSENT_BESIDE_SENT("not sent, beside one that was"),
    /** It was not sent, and lies less than a window after another that was not. */
    UNSENT_AGAIN("not sent, again");

    private final String text;

    Why(String text) {
        this.text = text;
    }

    boolean sent() {
        return this == SENT_AGAIN;
    }

    String text() {
        return text;
    }
}
