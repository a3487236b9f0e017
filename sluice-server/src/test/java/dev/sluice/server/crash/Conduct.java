package dev.sluice.server.crash;

/** How a sink treats one message. */
enum Conduct {
    /** Takes it and says so. */
    ACCEPT(true),
    /** Takes it, and says so only when the sender has stopped waiting. */
    LATE(true),
    /** Takes it, and closes the connection without a reply. */
    CUT(true),
    /** Takes it, and keeps the connection open without a reply. */
    HANG(true),
    /** Says no for now, before the body where the protocol can. */
    REFUSE(false),
    /** Says no for now after the body. */
    REFUSE_BODY(false),
    /** Says no for ever. */
    REJECT(false),
    /** Closes the connection before anything was said. */
    CLOSE(false);

    private final boolean takes;

    Conduct(boolean takes) {
        this.takes = takes;
    }

    /** Whether the receiver has the message afterwards. */
    boolean takes() {
        return takes;
    }

    /** Whether the receiver tells the sender that it has the message. */
    boolean replies() {
        return this == ACCEPT || this == LATE;
    }
}
