package net.bench.swap;

import java.util.Set;

/**
 * What is measured.
 *
 * @param cards whose drivers are swapped
 * @param swaps how many of each card, warm, between two versions; as often a card is pulled
 */
public record SwapOptions(Set<SwapCard> cards, int swaps) {
    /** What {@code ./bench swap} does when nobody says otherwise. */
    public static final int SWAPS = 1000;
}
