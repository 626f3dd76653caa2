package io.github.djlnorm.parity.cases;

import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;

/**
 * The sets of elements that share statistics, in an input (N, C, *) in order. What is not valid is
 * in none.
 *
 * @param sets how many sets there are
 * @param size how many elements each has
 * @param place the index in the input of an element of a set, both by number
 */
public record Sharing(int sets, int size, IntBinaryOperator place) {

    /** The indices of a set's elements. */
    public int[] places(int set) {
        return IntStream.range(0, size).map(element -> place.applyAsInt(set, element)).toArray();
    }

    /** The elements of each group of channels, and in each instance. */
    static Sharing ofGroups(ParityCase c) {
        int channels = c.channels() / c.groups();
        int valid = c.validPositions();
        int[][] validOf = validPositions(c);
        return new Sharing(
                c.instances() * c.groups(),
                channels * valid,
                (set, element) ->
                        (set * channels + element / valid) * c.positions()
                                + validOf[set / c.groups()][element % valid]);
    }

    private static int[][] validPositions(ParityCase c) {
        CaseData data = new CaseData(c);
        return IntStream.range(0, c.instances())
                .mapToObj(data::validPositions)
                .toArray(int[][]::new);
    }

    /** The channels at each position of each instance. */
    static Sharing ofPositions(ParityCase c) {
        int channels = c.channels();
        int positions = c.positions();
        return new Sharing(
                c.instances() * positions,
                channels,
                (set, element) ->
                        (set / positions * channels + element) * positions + set % positions);
    }

    /** The elements of each channel throughout the batch. */
    static Sharing ofChannels(ParityCase c) {
        int channels = c.channels();
        int positions = c.positions();
        return new Sharing(
                channels,
                c.instances() * positions,
                (set, element) ->
                        (element / positions * channels + set) * positions + element % positions);
    }
}
