package dev.sluice;

/** What a claim that nobody settled before its deadline counts as; it is not known whether its effect happened. */
public enum OnLost {
    /** Not delivered: the slot is free again and the occurrence is told as held. A twin is possible. */
    RETRY,
    /** Delivered, by assumption: the slot is used up. At most once. */
    DROP
}
