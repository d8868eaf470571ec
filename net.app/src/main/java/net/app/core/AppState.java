package net.app.core;

/** Where an application stands. */
public enum AppState {
    /** A card is missing, or will not have it: {@link App#reason} says which and why. It goes on by itself. */
    WAITING,
    /** Frames flow. */
    RUNNING,
    /** Its work is done, or it was stopped, or a card went away and it was told to end then. */
    ENDED,
    /** It met an error that it does not know; logged, and in {@link App#reason}. */
    FAILED
}
